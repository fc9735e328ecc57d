// The broken clients of test/fixtures/clients by the symptom that they are made for, and what else each one shows.
import type {SymptomId} from '../../src/model/symptoms.ts';

export type ClientRow = {
  /** Other symptoms of the broken client, with the reason why it cannot be without them. */
  readonly also?: {readonly [symptom in SymptomId]?: string};
};

export const clients: {readonly [symptom in SymptomId]?: ClientRow} = {
  'hung-operation': {
    also: {
      'no-default-timeout': 'the same wait, in the variant that stands for the defaults',
      'deadline-overrun': 'those that began late in the stall settle with its end',
      'stale-work-sent': 'what waited for a socket is sent with the end of the stall',
      'replay-burst': 'all of it at once',
    },
  },
  'retry-amplification': {
    also: {
      'unbounded-retries': 'ten attempts are more than three',
      'no-backoff': 'there is no pause between the attempts',
      'event-loop-stall': 'trying again at once takes CPU',
    },
  },
  'duplicate-effect': {
    also: {
      'retry-amplification': 'a second attempt for each operation is twice the attempts',
      'no-jitter': 'the pause is the time-out, which is the same for all',
    },
  },
  'truncation-accepted': {},
  'no-backoff': {},
  'no-jitter': {},
  'retry-after-ignored': {},
  'retries-non-retryable': {},
  'false-failure': {},
  'crossed-response': {},
  'swallowed-error': {},
  'deadline-overrun': {},
  'breaker-stuck': {},
  'memory-growth': {},
  'listener-leak': {},
  'process-crash': {},
  'unhandled-rejection': {},
  'wedged-client': {also: {'slow-recovery': 'what never comes back does not come back in time'}},
  'lost-acknowledged': {},
  'close-hangs': {},
  'event-loop-stall': {},
  'unclassified-errors': {},
  reordered: {},
  'connection-leak': {also: {'close-hangs': 'the sockets that it forgot keep the process alive'}},
  'replay-burst': {also: {'reconnect-storm': 'what is sent at once is sent on a connection each'}},
};
