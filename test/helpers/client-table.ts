// Which broken client proves which symptom, and what else each client shows and why.
import type {SymptomId} from '../../src/model/symptoms.ts';

type Why = {readonly [symptom in SymptomId]?: string};

export type ClientRow = {
  /** A file of test/fixtures/clients; the symptom's own when absent. */
  readonly file?: SymptomId;
  /** The variant that is broken in this way. */
  readonly variant?: string;
  /** Why the broken client of another symptom proves this one, too. */
  readonly shares?: string;
  /** What the broken client shows besides, with the reason why it cannot be without it. */
  readonly also?: Why;
  /** What its healthy twin shows, although it is healthy of this symptom. */
  readonly healthyAlso?: Why;
  /** It takes a core for itself: such clients run one at a time. */
  readonly isHeavy?: true;
  /** What it speaks over TCP; HTTP when absent. */
  readonly speaks?: 'http' | 'lines';
  /** Why its healthy twin is healthy under the fault of its file only. */
  readonly notInStorms?: string;
};

const twoAttempts = {'retry-amplification': 'two attempts for each operation are what it is made for'};
const threeAttempts = {'retry-amplification': 'three attempts for each operation are what it is made for'};
export const clients: {readonly [symptom in SymptomId]?: ClientRow} = {
  'orphaned-operation': {
    also: {'hung-operation': 'a call that is never settled is hung first'},
  },
  'hung-operation': {
    also: {
      'deadline-overrun': 'those that began late in the stall settle with its end',
      'replay-burst': 'what waited for a socket is sent with the end of the stall, all of it at once',
    },
  },
  'no-default-timeout': {
    file: 'hung-operation',
    shares: 'its client has no time-out unless a caller sets one',
  },
  'stale-work-sent': {
    file: 'hung-operation',
    shares: 'its client sends what waited for a socket, however long it has waited',
  },
  'retry-amplification': {
    also: {
      'no-backoff': 'there is no pause between the attempts',
      'event-loop-stall': 'trying again at once takes CPU',
      'deadline-overrun': 'and ten connections one after the other take their time',
      'connect-storm': 'ten connections for each operation are more than any retries should need',
    },
  },
  'unbounded-retries': {
    file: 'retry-amplification',
    shares: 'its client tries ten times, where three are the limit',
  },
  'fails-when-calm': {},
  'duplicate-effect': {
    also: {...twoAttempts, 'no-jitter': 'the pause is the time-out, which is the same for all'},
  },
  'truncation-accepted': {},
  'no-backoff': {also: threeAttempts, healthyAlso: threeAttempts},
  'no-jitter': {also: twoAttempts, healthyAlso: twoAttempts},
  'retry-after-ignored': {also: twoAttempts},
  'retries-non-retryable': {also: twoAttempts},
  'never-retries-transient': {},
  'false-failure': {},
  'crossed-response': {},
  'swallowed-error': {},
  'deadline-overrun': {},
  'breaker-stuck': {},
  'memory-growth': {
    isHeavy: true,
    also: {
      'event-loop-stall': 'making its notes, and collecting around them, stops the process',
    },
  },
  'listener-leak': {},
  'process-crash': {},
  'out-of-memory': {
    isHeavy: true,
    also: {
      'gc-pressure': 'V8 collects in vain before it gives up',
      'cpu-bound': 'on all the cores that it is given',
      'event-loop-stall': 'and stops the process for it',
      'hung-operation': 'what is under way then never settles',
      'deadline-overrun': 'or late',
      'stale-work-sent': 'and what waited goes out late',
    },
  },
  'gc-pressure': {
    isHeavy: true,
    also: {
      'event-loop-stall': 'making the garbage, and collecting it, takes the CPU that is counted',
      'deadline-overrun': 'and stops the process for longer than an operation may take',
      'stale-work-sent': 'so that some goes out late',
      'reconnect-storm': 'and all at once, on a connection each',
    },
  },
  'cpu-bound': {
    isHeavy: true,
    also: {'event-loop-stall': 'the CPU is taken from the event loop, for each operation'},
  },
  'event-loop-stall': {
    isHeavy: true,
    also: {'never-retries-transient': 'some are reset, and its client tries nothing again'},
    healthyAlso: {'never-retries-transient': 'it tries nothing again either'},
  },
  'under-utilised': {},
  'unhandled-rejection': {},
  'wedged-client': {},
  'slow-recovery': {
    file: 'wedged-client',
    shares: 'its client does not come back at all, and the recovery lasts longer than the 5 s of the limit',
  },
  metastable: {
    also: {
      ...threeAttempts,
      'no-backoff': 'there is no pause between the attempts',
      'no-jitter': 'nor one that differs',
      'handshake-churn': 'each attempt that times out closes its connection',
      'reconnect-storm': 'and the next one makes another',
      'replay-burst': 'three attempts for each operation are three times those of the baseline',
    },
  },
  'silent-consumer': {
    speaks: 'lines',
    notInStorms: 'it waits for its delivery without a bound',
    also: {
      'hung-operation': 'an operation waits for its delivery, and there is none',
      'orphaned-operation': 'nor does anything else ever settle it',
      'slow-recovery': 'what is not delivered does not come back',
    },
  },
  'lost-acknowledged': {},
  'close-hangs': {},
  'unclassified-errors': {},
  reordered: {notInStorms: 'each order waits for the one before, however long that is silent'},
  'connection-leak': {
    speaks: 'lines',
    also: {
      'close-hangs': 'the sockets that it forgot keep the process alive',
      'connection-after-close': 'and stay open for as long',
      'connection-pile-up': 'within each fault there are more of them',
    },
  },
  'connection-flapping': {},
  'connect-storm': {
    speaks: 'lines',
    notInStorms: 'it waits for its answers without a bound, and only a lost connection ends that',
  },
  'connection-pile-up': {speaks: 'lines'},
  'connection-after-close': {},
  'replay-burst': {},
  'reconnect-storm': {
    file: 'replay-burst',
    shares: 'its client makes a connection for each of the operations that it sends at once',
  },
  'handshake-churn': {
    also: {'reconnect-storm': 'a connection for each operation is fifty in a second'},
  },
  'pool-slot-leak': {
    also: {
      'pool-exhaustion': 'operations wait for the slots that are gone',
      'connection-leak': 'each slot that is gone keeps its socket open',
      'slow-recovery': 'with no slot left nothing succeeds any more',
    },
  },
  'pool-exhaustion': {file: 'pool-slot-leak', variant: 'pool-exhaustion'},
  'half-open-reuse': {speaks: 'lines'},
  'stale-keep-alive': {},
  'unbounded-queue': {},
  'unbounded-buffer': {},
  'head-of-line-blocking': {},
};

/** Symptoms that another test of whole runs proves, on a client that has none of them. */
export const elsewhere: {
  readonly [symptom in SymptomId]?: {readonly test: string; readonly variants: readonly string[]};
} = {
  'hidden-attempts': {
    test: 'test/run/misleading-telemetry.recorded.test.ts',
    variants: ['one-span', 'forgetful'],
  },
  'span-leak': {test: 'test/run/misleading-telemetry.recorded.test.ts', variants: ['forgetful']},
  'telemetry-contradicts': {
    test: 'test/run/misleading-telemetry.recorded.test.ts',
    variants: ['smooth', 'gloomy', 'doubling'],
  },
  'error-type-malformed': {
    test: 'test/run/misleading-telemetry.recorded.test.ts',
    variants: ['numeric', 'typeless', 'verbose'],
  },
  'duration-misreported': {test: 'test/run/misleading-telemetry.recorded.test.ts', variants: ['hasty']},
  'pool-gauge-wrong': {test: 'test/run/misleading-telemetry.recorded.test.ts', variants: ['miscounting']},
  'cardinality-growth': {
    test: 'test/run/misleading-telemetry.recorded.test.ts',
    variants: ['identifying', 'naming'],
  },
  'telemetry-lost': {test: 'test/run/misleading-telemetry.recorded.test.ts', variants: ['losing']},
};
