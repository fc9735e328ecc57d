// What a report shows of a variant's options: they may hold anything, the plan only plain data.
import type {Json} from '../model/json.ts';

const depthShown = 6;
const itemsShown = 100;

/** Functions and class instances are shown by name; cycles, and what lies deep or cannot be read, by a word. */
export const shownOptions = (options: unknown): Json => show(options, []);

/** @param around the objects that hold the value, outermost first */
const show = (value: unknown, around: readonly object[]): Json => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value === undefined) return null;
  if (typeof value !== 'object' && typeof value !== 'function') return String(value);
  try {
    return typeof value === 'function' ? `[function ${nameOf(value)}]` : showObject(value, around);
  } catch {
    // A getter that throws, or a proxy: a scenario runs even if its options cannot be shown.
    return '[unreadable]';
  }
};

const showObject = (value: object, around: readonly object[]): Json => {
  if (around.includes(value)) return '[circular]';
  if (around.length >= depthShown) return '[…]';
  const within = [...around, value];
  if (Array.isArray(value)) {
    const items = value.slice(0, itemsShown).map(item => show(item, within));
    return value.length > itemsShown ? [...items, '[…]'] : items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `[${nameOf(value.constructor)}]`;
  const keys = Object.keys(value);
  const shown = keys
    .slice(0, itemsShown)
    .map((key): [string, Json] => [key, showProperty(value, key, within)]);
  return Object.fromEntries(keys.length > itemsShown ? [...shown, ['…', '[…]']] : shown);
};

const showProperty = (holder: object, key: string, within: readonly object[]): Json => {
  try {
    return show(Reflect.get(holder, key), within);
  } catch {
    return '[unreadable]';
  }
};

const nameOf = (callable: unknown): string =>
  typeof callable === 'function' && typeof callable.name === 'string' && callable.name !== ''
    ? callable.name
    : 'anonymous';
