// Which code runs in a subject, where that is not what one would think.

/** Another copy's code that runs where the package's own is meant. */
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
