// What a sampling profile says, small enough to be kept with the trial: which code used the time, and which holds the
// memory.

/** `telemetry` is the OpenTelemetry SDK, `harness` is foulweather itself. */
export type OwnerKind = 'package' | 'scenario' | 'application' | 'node' | 'engine' | 'telemetry' | 'harness';

/** A function and its location. Paths are relative to their package. */
export type ProfileFrame = {
  /** The name of the function. */
  readonly functionName: string;
  /** Whose code it is: `undici`, `the scenario`, `Node.js`, `garbage collector`. */
  readonly owner: string;
  /** What kind of owner that is. */
  readonly ownerKind: OwnerKind;
  /** `lib/pool.js:17`; null if there is no source. */
  readonly place: string | null;
};

/** `dispatch (undici/lib/pool.js:17)`; for a scenario, an application and Node the place alone is enough. */
export const frameName = ({functionName, owner, ownerKind, place}: ProfileFrame): string => {
  if (place === null) return functionName;
  const isNamed = ownerKind === 'package' || ownerKind === 'harness';
  return `${functionName} (${isNamed ? `${owner}/${place}` : place})`;
};

/** The innermost call that is neither Node's nor V8's: they work for somebody else. */
export const responsibleFrame = (stack: readonly ProfileFrame[]): ProfileFrame | null =>
  stack.find(({ownerKind}) => ownerKind !== 'node' && ownerKind !== 'engine') ?? stack[0] ?? null;

/** What a frame used or allocated by itself, and the package on whose behalf. */
export type TopFrame = ProfileFrame & {readonly self: number; readonly calledFor: string};

/**
 * By the nearest caller that is a package, the scenario or the harness: what Node does for a package counts for the
 * package.
 */
export type OwnerShare = {
  readonly owner: string;
  readonly ownerKind: OwnerKind;
  readonly self: number;
  /** Including all that it called, whoever's code that is. Absent in older runs. */
  readonly total?: number;
};

/** A frame with all that it called, in the profile's unit; the frames of a tree follow each other depth first. */
export type FlameFrame = ProfileFrame & {readonly depth: number; readonly total: number};

export type ProfileSummary = {
  /**
   * `cpu`: time, in ms, idle time included. `heap`: live JavaScript objects, in bytes. `buffers`: live Buffers of
   * the process, outside of the heap, in bytes. `buffer-allocations`: those made in the phase, dead or alive, in bytes.
   */
  readonly what: 'cpu' | 'heap' | 'buffers' | 'buffer-allocations';
  /** Index in the plan; null for the time after the load. */
  readonly phase: number | null;
  /** When a state was taken, or a span began. */
  readonly atMs: number;
  readonly total: number;
  readonly sampleCount: number;
  readonly owners: readonly OwnerShare[];
  readonly frames: readonly TopFrame[];
  /** Of the heaviest frame that is neither idle nor the harness's own, from it to its callers. */
  readonly heaviestStack: readonly ProfileFrame[];
  /** The tree of calls without idle time and without what is below half a percent; absent in older runs. */
  readonly flame?: readonly FlameFrame[];
  /** In the trial's folder. */
  readonly files: readonly string[];
};
