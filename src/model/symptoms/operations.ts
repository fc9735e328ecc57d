// Symptoms of single operations: when they settle, and with what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const operationSymptoms = {
  'orphaned-operation': {
    weight: 'wedged',
    summary: 'operations that never settle, even after everything else has recovered',
    noun: 'orphaned operations',
    // 10 s is also what makes a client count as wedged, and five deadlines are what `metastable` allows the remains
    // of a fault. Half of the last operations need not be a good service, but it shows that the way is open.
    criterion:
      'more than `orphanCount` operations are still pending at the end of the drain, at least `watchMs` and `deadlineCount` deadlines after both their start and the end of the last fault, while `successShare` of the other operations in the last `goodMs` of the load succeed, or a fresh client gets through in `controlShare` of its tries',
    thresholds: {
      orphanCount: 0,
      watchMs: 10_000,
      deadlineCount: 5,
      goodMs: 3000,
      successShare: 0.5,
      controlShare: 0.99,
    },
    needs: ['operations', 'load'],
    cause:
      'The state that would settle the call is lost: a reconnect drops pending calls, a callback goes away with its connection, or a reply matches no request.',
    remedy:
      'When a connection ends, reject or resend every call that was waiting on it. Give each call its own timeout, independent of the connection.',
    source: sources.partitions,
  },
  'hung-operation': {
    weight: 'hung',
    summary: 'operations that do not settle in time',
    noun: 'hung operations',
    criterion:
      'more than `hungCount` operations of a phase are still pending after their deadline plus the longer of `graceMs` and `graceShare` of the deadline',
    thresholds: {hungCount: 0, graceMs: 1000, graceShare: 0.1},
    needs: ['operations', 'load'],
    cause: 'A wait without a limit: for a connection, for a response, or for the rest of a body.',
    remedy:
      'Bound every wait: set connect, header and body (or command) timeouts below the deadline, or pass a signal that aborts.',
    source: sources.backoff,
  },
  'deadline-overrun': {
    weight: 'late',
    summary: 'operations that settle after their deadline',
    noun: 'late operations',
    criterion:
      'more than `overrunShare` of the operations of a phase settle later than their deadline plus `slackShare` of it plus `slackMs`',
    thresholds: {overrunShare: 0.001, slackShare: 0.1, slackMs: 50},
    needs: ['operations', 'load'],
    cause: 'Timeouts exist, but are longer than the caller is willing to wait, or restart with each attempt.',
    remedy: 'Bound the whole operation, including retries and back-off, and not only each attempt.',
    source: sources.backoff,
  },
  'fails-when-calm': {
    weight: 'hung',
    summary: 'operations that fail without a network fault',
    noun: 'failures without a fault',
    // 0.1 % is what deadline-overrun allows. One pause of the machine can fail two operations that meet it. 10 s and
    // five deadlines are what wedged-client and metastable allow the remains of a fault; from 30 operations on shares
    // are used elsewhere in the catalogue. It stays a warning: what fails may be the server, or the scenario.
    criterion:
      "more than `failedCount` operations, and more than `failedShare` of them, fail in a baseline, or in a recovery that had already reached the baseline's level, later than `afterMs` and `deadlineCount` deadlines after the fault; warm-ups and application errors do not count; inconclusive with fewer than `operationCount` operations",
    thresholds: {
      failedCount: 2,
      failedShare: 0.001,
      afterMs: 10_000,
      deadlineCount: 5,
      operationCount: 30,
    },
    needs: ['calm-operations', 'load'],
    cause:
      'A connection is closed while in use, a pool hands out a connection it has just ended, or normal load exceeds a limit or timeout.',
    remedy:
      "Reproduce it without faults, group the failures by error code, and fix the client's handling of connections and limits before looking at any network fault.",
    source: sources.simpleTesting,
  },
  'duplicate-effect': {
    weight: 'untrue',
    summary: 'operations that were applied more than once',
    noun: 'duplicated effects',
    criterion:
      'more than `duplicateCount` operations that are not idempotent were applied more than once, or reached the consumer more than once where the scenario promises at-most-once or exactly-once delivery',
    thresholds: {duplicateCount: 0},
    needs: ['operations', 'load'],
    cause: 'A retry after an error that leaves open whether the first attempt was applied.',
    remedy:
      'Retry only idempotent operations, or send an idempotency key that the server checks. Do not retry after an ambiguous error.',
    source: sources.idempotent,
  },
  'crossed-response': {
    weight: 'untrue',
    summary: "operations that got another operation's response",
    noun: 'crossed responses',
    criterion:
      'more than `crossedCount` responses of a phase belong to a different operation than the one that asked',
    thresholds: {crossedCount: 0},
    needs: ['operations', 'load'],
    cause: 'A connection is reused while the response to an abandoned request is still on its way.',
    remedy:
      'Discard a connection after a timeout or an abort instead of reusing it, and match responses to requests by ID.',
    source: sources.incomplete,
  },
  'no-default-timeout': {
    weight: 'hung',
    summary: 'no default timeout that is short enough',
    noun: 'missing or overlong default timeouts',
    criterion:
      'a peer stays silent (stall, blackhole, halfOpen) for longer than the deadline and its grace, more than `unsettledCount` operations of the first variant hang, and none of them times out',
    thresholds: {unsettledCount: 0},
    needs: ['fault-operations', 'load'],
    cause:
      'There is no timeout unless the user sets one, or the default is longer than callers are willing to wait.',
    remedy:
      'Give every wait a short default limit. Users can raise it, but should not have to know about it.',
    source: sources.backoff,
  },
  'lost-acknowledged': {
    weight: 'untrue',
    summary: 'operations that were acknowledged but not applied',
    noun: 'lost operations',
    criterion:
      'more than `lostCount` operations of a phase succeeded but had no effect on the server, or, where the scenario promises at-least-once or exactly-once delivery, neither reached the consumer nor remain in its queue',
    thresholds: {lostCount: 0},
    needs: ['operations', 'load'],
    cause:
      'Success is reported once data is in a buffer or a socket, not when the server has answered; or a consumer acknowledges a message before processing it.',
    remedy:
      'Acknowledge only what the server has acknowledged, and keep the rest until it has. In a consumer, acknowledge only what has been processed.',
    source: sources.partitions,
  },
  'false-failure': {
    weight: 'untrue',
    summary: 'operations that were reported as definitely failed but were applied',
    noun: 'false failures',
    criterion:
      'more than `appliedCount` operations of a phase were reported as definitely failed or rejected, but took effect on the server',
    thresholds: {appliedCount: 0},
    needs: ['operations', 'effects', 'load'],
    cause: 'An ambiguous error, such as a timeout after sending, is reported as a definite failure.',
    remedy: 'Distinguish what was certainly not sent from what may have been applied.',
    source: sources.partitions,
  },
  reordered: {
    weight: 'untrue',
    summary: 'operations that were applied out of order',
    noun: 'reordered operations',
    criterion:
      "more than `reorderedCount` operations were applied before an earlier one with the same key, according to the scenario's verify()",
    thresholds: {reorderedCount: 0},
    needs: ['operations', 'load'],
    cause: 'A retry overtakes a later operation, or is overtaken by one.',
    remedy:
      'Keep at most one operation in flight per key, or number them and let the server reject anything out of order.',
    source: sources.partitions,
  },
  'truncation-accepted': {
    weight: 'untrue',
    summary: 'truncated responses reported as successes',
    noun: 'truncated responses',
    criterion:
      'more than `truncatedCount` successes of a phase were incomplete, according to what perform() returns as intact',
    thresholds: {truncatedCount: 0},
    needs: ['fault-operations', 'load'],
    cause: 'The end of the connection is mistaken for the end of the response.',
    remedy: 'Check each body against its length or final chunk, and fail if it is short.',
    source: sources.incomplete,
  },
  'swallowed-error': {
    weight: 'untrue',
    summary: 'successes without a result',
    noun: 'swallowed errors',
    criterion:
      'more than `emptyCount` successes of a fault phase had an empty result, according to what perform() returns as empty, and none did in the baseline',
    thresholds: {emptyCount: 0},
    needs: ['fault-operations', 'load'],
    cause: 'A catch block that logs the error and carries on.',
    remedy: "Let the error reach the caller. Falling back to a default value is the caller's decision.",
    source: sources.simpleTesting,
  },
  'unclassified-errors': {
    weight: 'wasteful',
    summary: 'errors that cannot be distinguished',
    noun: 'unclassified errors',
    criterion:
      'more than `unclassifiedShare` of at least `failureCount` errors have no code or numeric status, no cause, and no name or class other than Error or TypeError',
    thresholds: {unclassifiedShare: 0.05, failureCount: 20},
    needs: ['failures', 'load'],
    cause: 'Errors are built from text alone, and the original error is dropped.',
    remedy: 'Give each kind of error a stable code, and set its cause.',
    source: sources.errorCodes,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
