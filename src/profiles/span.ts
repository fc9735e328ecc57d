// A part of a trial that is reported on its own: a phase, or the time after the load.

export type Span = {
  /** Index in the plan; null after the load. */
  readonly phase: number | null;
  readonly startMs: number;
  readonly endMs: number;
};
