// Options that a fault doesn't have: refused by name, with the phase they are in and what was probably meant.
import type {z} from 'zod';
import {faultOptionNames} from '../model/schema/fault.ts';
import {nearest} from '../model/suggestions.ts';

/** Toxiproxy's own names for options that foulweather calls otherwise, where the spelling does not suggest the one meant. */
const toxiproxyNames: {readonly [name: string]: readonly string[]} = {
  toxicity: ['probability'],
  stream: ['direction'],
  rate: ['bytesPerSecond'],
  delay: ['delayMs', 'delayUs'],
  bytes: ['limitBytes', 'afterBytes'],
};

/** Null for any other mistake. @param scenario what was checked */
export const unknownFaultOptions = (issue: z.core.$ZodIssue, scenario: unknown): string | null => {
  const [phases, phase, faults, fault, ...below] = issue.path;
  if (issue.code !== 'unrecognized_keys' || phases !== 'phases' || faults !== 'faults' || below.length > 0)
    return null;
  const parent = read(read(scenario, phases), phase);
  const kind = read(read(read(parent, faults), fault), 'kind');
  const known = faultOptionNames(kind);
  return `phase "${read(parent, 'name')}": ${kind} has no option ${issue.keys.map(key => `"${key}"${hint(key, known)}`).join(', nor ')}; it takes ${known.join(', ')}`;
};

const hint = (key: string, known: readonly string[]): string => {
  if (key === 'at')
    return ' (faults that act on the bytes of a connection have it, such as closeAfter or stall)';
  const meant = toxiproxyNames[key]?.find(name => known.includes(name)) ?? nearest(key, known);
  return meant === null ? '' : ` (did you mean "${meant}"?)`;
};

const read = (value: unknown, key: PropertyKey | undefined): unknown =>
  typeof value === 'object' && value !== null && key !== undefined ? Reflect.get(value, key) : undefined;
