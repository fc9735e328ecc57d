// What every fault may be limited to: how much of what it meets it takes, and when.

/**
 * Which connections a fault takes, and when; for HTTP faults, which requests. What is absent does not limit it, and a
 * real Toxiproxy has but the first.
 */
export type FaultScope = {
  /** Share of the connections that it hits, 0 to 1; decided once per connection. */
  readonly probability: number;
  /** Only every n-th connection that it meets, the live ones before the new ones; 0 and 1 are all. */
  readonly nth?: number;
  /** Only the first so many of those. */
  readonly firstN?: number;
  /** No further connection once it has taken so many. */
  readonly hitLimit?: number;
  /** Begins so long after the phase did. */
  readonly startAfterMs?: number;
  /** Ends so long after it began; the phase's end comes first where it is sooner. */
  readonly durationMs?: number;
  /** Begins again so long after it began, for `durationMs` each time, and rolls its dice anew. */
  readonly everyMs?: number;
};

/**
 * The moment on a connection at which a fault begins to act there. An exchange is bytes in one direction, ended by the first
 * byte in the other; they are numbered from 1 on each connection, and 0 is the connect.
 */
export type Moment = {
  readonly exchange: number;
  /** Before its first byte, within its first chunk, or when it is over. */
  readonly cut: 'before' | 'within' | 'after';
  /** Counts the exchanges of this direction only: 2 and `downstream` is the server's second reply. */
  readonly direction?: 'upstream' | 'downstream';
  /** Whether those count that began before the fault did. `connect` unless given. */
  readonly since?: 'connect' | 'fault';
  /** An exchange is over when the other side answers, or after so long a silence: 10 unless given. */
  readonly quietMs?: number;
};

/** A number that goes evenly from one value to the other while the fault lasts: for `durationMs`, or to the phase's end. */
export type Ramp = {readonly from: number; readonly to: number};

export type ScopeOptions = Partial<FaultScope>;

export const scope = ({
  probability = 1,
  nth,
  firstN,
  hitLimit,
  startAfterMs,
  durationMs,
  everyMs,
}: ScopeOptions): FaultScope => ({
  probability,
  ...(nth !== undefined && {nth}),
  ...(firstN !== undefined && {firstN}),
  ...(hitLimit !== undefined && {hitLimit}),
  ...(startAfterMs !== undefined && {startAfterMs}),
  ...(durationMs !== undefined && {durationMs}),
  ...(everyMs !== undefined && {everyMs}),
});

/**
 * A fault as it is made of the options of its constructor, which keeps an option that it doesn't know: the check of the plan
 * then refuses it by its name, where dropping it would run another fault than the one that was asked for.
 * @param consumed options that become something else in the fault
 */
export const made = <Fault extends object>(
  options: object,
  fault: Fault,
  consumed: readonly string[] = [],
): Fault => {
  const left = Object.entries(options).filter(
    ([name, value]) => value !== undefined && !(name in fault) && !consumed.includes(name),
  );
  return {...fault, ...Object.fromEntries(left)};
};
