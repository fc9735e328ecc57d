// Symptoms of single operations: when they settle, and with what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const operationSymptoms = {
  'hung-operation': {
    sees: 'operations that do not settle in time',
    noun: 'hung operations',
    when: 'more than `hungCount` operations of a phase have not settled max(1 s, 10 %) after their deadline',
    thresholds: {hungCount: 0},
    cause: 'A wait without a bound: for a connection, for an answer, for the rest of a body.',
    remedy:
      'Bound every wait: set the connect, header and body (or command) time-outs below the deadline, or pass a signal that aborts.',
    source: sources.backoff,
  },
  'deadline-overrun': {
    sees: 'operations that settle after their deadline',
    noun: 'late operations',
    when: 'more than `overrunShare` of the operations of a phase settle later than 1.1 × their deadline + 50 ms',
    thresholds: {overrunShare: 0.001},
    cause:
      'Time-outs that are there, but longer than the caller is ready to wait, or that begin anew with each attempt.',
    remedy:
      'Bound the operation as a whole, retries and their pauses included, and not only each attempt of it.',
    source: sources.backoff,
  },
  'duplicate-effect': {
    sees: 'operations that were applied more than once',
    noun: 'duplicated effects',
    when: 'more than `duplicateCount` operations that are not idempotent had their effect more than once',
    thresholds: {duplicateCount: 0},
    cause: 'A retry after an error that leaves open whether the first attempt was applied.',
    remedy:
      'Retry only what is idempotent, or send an idempotency key that the server checks; do not retry after an ambiguous error.',
    source: sources.idempotent,
  },
  'crossed-response': {
    sees: "operations that got another one's answer",
    noun: 'crossed responses',
    when: 'more than `crossedCount` answers of a phase are for another operation than the one that asked',
    thresholds: {crossedCount: 0},
    cause:
      'A connection that is used again although an answer to somebody who has given up is still to come on it.',
    remedy:
      'Discard a connection after a time-out or an abort instead of using it again, and match answers to requests by id.',
    source: sources.incomplete,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
