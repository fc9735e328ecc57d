// A family of variants over one option: the scenario with a variant for each value that none of its own has already.

import type {Json} from '../model/json.ts';
import type {Sweep} from '../model/plan.ts';
import type {Scenario, SweepInput} from './define-scenario.ts';

type Options = Record<string, unknown>;

const isObject = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of the options with the value at the dotted path; objects on the way are made where there are none. */
const withValue = (options: unknown, path: readonly string[], value: Json): Options => {
  const [name, ...rest] = path;
  const own = isObject(options) ? options : {};
  return {...own, [name!]: rest.length === 0 ? value : withValue(own[name!], rest, value)};
};

const same = (left: unknown, right: unknown): boolean => {
  try {
    return JSON.stringify(left) === JSON.stringify(right);
  } catch {
    // Options that are not plain data: none equals another.
    return false;
  }
};

/** `prefetch` and 32 → `prefetch-32`; what a name cannot hold becomes a dash. */
const nameOf = (option: string, value: Json): string => {
  const shown = value === null ? 'default' : typeof value === 'string' ? value : JSON.stringify(value);
  return `${option.split('.').at(-1)}-${shown}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
};

const isSweep = (value: unknown): value is SweepInput =>
  isObject(value) && typeof value['option'] === 'string' && Array.isArray(value['values']);

export type Swept = {readonly scenario: Scenario; readonly sweep: Sweep | null};

/**
 * The new variants come before the candidate, so that the verdict stays that of the change. What is not a sweep stays
 * as it is: the check of the scenario reports what is wrong with it.
 */
export const expandSweep = (scenario: Scenario): Swept => {
  const {sweep, variants} = scenario;
  if (!isSweep(sweep) || !Array.isArray(variants) || variants.length === 0) return {scenario, sweep: null};
  const [baseline] = variants;
  const path = sweep.option.split('.');
  const points = sweep.values.map(value => {
    const options = withValue(baseline.options, path, value);
    const known = variants.find(variant => same(variant.options, options));
    return {
      value,
      variant: known ?? {
        name: nameOf(sweep.option, value),
        options,
        change: `Set ${sweep.option} to ${JSON.stringify(value)}.`,
        ...(baseline.deliveries === undefined ? {} : {deliveries: baseline.deliveries}),
        ...(baseline.process === undefined ? {} : {process: baseline.process}),
      },
    };
  });
  const added = points.map(({variant}) => variant).filter(variant => !variants.includes(variant));
  const candidate = variants.length > 1 ? variants.slice(-1) : [];
  return {
    scenario: {
      ...scenario,
      variants: [baseline, ...variants.slice(1, variants.length - candidate.length), ...added, ...candidate],
    },
    sweep: {
      option: sweep.option,
      points: points.map(({value, variant}) => ({value, variant: variant.name})),
    },
  };
};
