// A storm: a plan of faults that has a name, and fits any scenario.
import type {NonEmpty} from '../../model/non-empty.ts';
import type {Phase} from '../../model/plan.ts';
import type {Speech} from '../../model/server-errors.ts';

export type Storm = {
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What it acts on. `tcp`: whatever speaks over TCP. */
  readonly fits: 'tcp' | Speech;
  readonly phases: NonEmpty<Phase>;
};

/** Long enough to see three good seconds in a row, which is when a client counts as recovered, after a short while of coming back. */
const recoveryMs = 3500;

/**
 * The longest pause between two attempts to connect that a library of the pack makes by default, as far as faults of up to
 * 3.5 s can drive it. Read in the sources of ioredis 6.0.0 (`RedisOptions.js`: 50 ms, doubling up to 5 s, and 200 ms of
 * jitter), socket.io-client 4.8.4 (`manager.js`: 1 s, doubling up to 5 s, ± 50 %), @grpc/grpc-js 1.14.7
 * (`backoff-timeout.js`: 1 s × 1.6 ± 20 %, at most 120 s, of which 3.1 s are reached), @nats-io/nats-core 3.4.0
 * (`options.js`: 2 s and 0.1 s of jitter), @redis/client 6.3.1 (`socket.js`: up to 2.2 s), mqtt 5.16.0 (`client.js`: 1 s) and
 * bullmq 6.7.0 (`redis-connection.js`: 1 s for the first six, at most 20 s). Those of HTTP clients are of single
 * operations: the next one tries at once.
 */
const longestBackOffMs = 5200;

/** By then a client that does not come back is known to be wedged: 10 s, and the delay of the driver's reports. */
const wedgedMs = 13_000;

/**
 * A client that is waiting for its next attempt must not count as one that never comes back, nor one version as worse
 * than another because of it.
 */
export const prolongedToMs = Math.max(2 * longestBackOffMs, wedgedMs);

/** At the end of a storm, where a breaker that stays open shows after 35 s, and a metastable client after 30 s. */
export const lastProlongedToMs = 37_000;

/** Each fault is followed by a recovery of its own, named after it, so that what it leaves behind is seen. */
export const withRecoveries = (
  faults: readonly Omit<Phase, 'role'>[],
  {lastRecoveryMs}: {readonly lastRecoveryMs: number},
): Phase[] =>
  faults.flatMap((fault, index): Phase[] => {
    const isLast = index === faults.length - 1;
    return [
      {...fault, role: 'fault'},
      {
        name: `after-${fault.name}`,
        role: 'recovery',
        durationMs: isLast ? lastRecoveryMs : recoveryMs,
        prolongedToMs: isLast ? lastProlongedToMs : prolongedToMs,
        faults: [],
      },
    ];
  });

export const calm = (warmUpMs: number, baselineMs: number): [Phase, Phase] => [
  {name: 'warm-up', role: 'warm-up', durationMs: warmUpMs, faults: []},
  {name: 'baseline', role: 'baseline', durationMs: baselineMs, faults: []},
];
