// How long the parent waits for the other processes of a run. Exceeding a limit is a result, not an accident.

export type Limits = {
  /** Until a scenario file has been described. */
  readonly describeMs: number;
  /** Until the target, the injector and the receiver listen. */
  readonly startMs: number;
  /** Until a real server that is started has its data folder, and answers: RabbitMQ takes 10 s on a busy machine. */
  readonly serviceMs: number;
  /** Until a subject's process has started and loaded the scenario with its library, on a busy machine, too. */
  readonly loadMs: number;
  /** Until open() has settled, from when all is loaded. */
  readonly openMs: number;
  /** Until an operation that is tried before the load has settled, where its deadline is not sooner; then the load begins all the same. */
  readonly tryMs: number;
  /** Until a subject has confirmed a phase; then the faults are changed all the same. */
  readonly enterMs: number;
  /** The same, once it has not done so in time. */
  readonly enterAgainMs: number;
  /** Until a heap is written: 1 GB takes about 70 s, and more where the memory is short. */
  readonly heapSnapshotMs: number;
  /** Until close() has settled. */
  readonly closeMs: number;
  /** What an answer may take beyond its own limit before the subject counts as unresponsive. */
  readonly answerSlackMs: number;
  /** Until it is known where a subject that does not answer is stuck, before it is killed. */
  readonly stuckMs: number;
  /** A process that is alive this long after its library was closed lingers (symptom catalogue: close-hangs). */
  readonly lingerMs: number;
  /** Until idle connections are closed, after a load that lasted as long. Pools do it after 4 s (undici) to 5 s (Node's agent). */
  readonly idleMs: number;
  /** Until the receiver and the target have reported what they saw of a trial. */
  readonly collectMs: number;
  /** Until prepare() is done. */
  readonly prepareMs: number;
  /** Until verify() has reported what the server has. */
  readonly verifyMs: number;
  /** How long the harness measures itself, a quarter of it to warm up; less where the load itself is short. */
  readonly calibrationMs: number;
};

export const defaultLimits: Limits = {
  describeMs: 30_000,
  startMs: 30_000,
  serviceMs: 90_000,
  loadMs: 60_000,
  openMs: 30_000,
  tryMs: 10_000,
  enterMs: 5000,
  enterAgainMs: 500,
  heapSnapshotMs: 300_000,
  closeMs: 5000,
  answerSlackMs: 5000,
  stuckMs: 2000,
  lingerMs: 5000,
  idleMs: 6000,
  collectMs: 10_000,
  prepareMs: 60_000,
  verifyMs: 60_000,
  calibrationMs: 1000,
};
