// What a subject's process writes about itself besides its profiles, for a closer look.

/** `process-report`: Node's diagnostic report, where operations were in flight when the drain was over. */
export type KeptWhat = 'heap-snapshot' | 'process-report';

export type Artifact = {
  readonly what: KeptWhat;
  /** Writing it stops the process for this long. */
  readonly durationMs: number;
  /** In the trial's folder. */
  readonly file: string;
  /** Null where it could not be written. */
  readonly bytes: number | null;
};
