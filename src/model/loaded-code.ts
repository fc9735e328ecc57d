// Code that runs in a subject, where it is not the expected one.

/** A copy of another package's code that runs in place of the package's own. */
export type StandIn = {
  readonly package: string;
  /** Of the package, which did not run there. */
  readonly version: string;
  /** Null where it is not known whose copy it is. */
  readonly by: string | null;
};

/** An instrumentation that has patched nothing of the package that it is for. */
export type UnappliedInstrumentation = {
  /** Its name and version. */
  readonly instrumentation: string;
  readonly package: string;
  readonly version: string;
  /** As ranges of npm. */
  readonly supports: string;
};
