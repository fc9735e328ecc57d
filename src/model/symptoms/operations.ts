// Symptoms of single operations: when they settle, and with what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const operationSymptoms = {
  'orphaned-operation': {
    weight: 'wedged',
    summary: 'operations that never settle, although all is well again',
    noun: 'orphaned operations',
    // 10 s is also what makes a client count as wedged, and five deadlines what a fault's remains get in `metastable`. Half of
    // the last operations need not be a good service, but it shows that the way is open.
    criterion:
      'more than `orphanCount` operations are unsettled at the end of the drain, `watchMs` and `deadlineCount` deadlines or more after both their start and the end of the last fault, while `successShare` of the others of the last `goodMs` of the load succeed, or a fresh client gets through in `controlShare` of its tries',
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
      'The state that would settle the call is lost: a reconnect that drops the pending calls, a callback that is removed with its connection, a reply that is matched to nothing.',
    remedy:
      'When a connection ends, reject or resend every call that was waiting on it, and give each call a time-out of its own that does not depend on the connection.',
    source: sources.partitions,
  },
  'hung-operation': {
    weight: 'hung',
    summary: 'operations that do not settle in time',
    noun: 'hung operations',
    criterion:
      'more than `hungCount` operations of a phase have not settled by their deadline and the longer of `graceMs` and `graceShare` of it',
    thresholds: {hungCount: 0, graceMs: 1000, graceShare: 0.1},
    needs: ['operations', 'load'],
    cause: 'A wait without a bound: for a connection, for an answer, for the rest of a body.',
    remedy:
      'Bound every wait: set the connect, header and body (or command) time-outs below the deadline, or pass a signal that aborts.',
    source: sources.backoff,
  },
  'deadline-overrun': {
    weight: 'late',
    summary: 'operations that settle after their deadline',
    noun: 'late operations',
    criterion:
      'more than `overrunShare` of the operations of a phase settle later than their deadline, `slackShare` of it, and `slackMs`',
    thresholds: {overrunShare: 0.001, slackShare: 0.1, slackMs: 50},
    needs: ['operations', 'load'],
    cause:
      'Time-outs that are there, but longer than the caller is ready to wait, or that begin anew with each attempt.',
    remedy:
      'Bound the operation as a whole, retries and their pauses included, and not only each attempt of it.',
    source: sources.backoff,
  },
  'fails-when-calm': {
    weight: 'hung',
    summary: 'operations that fail without a network fault',
    noun: 'failures without a fault',
    // 0.1 % is what deadline-overrun allows. One pause of the machine can fail two operations that meet it. 10 s and five
    // deadlines are what wedged-client and metastable grant to a fault's remains; from 30 operations on shares are read
    // elsewhere in the catalogue. It stays a warning: what fails may be the server, or the scenario.
    criterion:
      "more than `failedCount` operations, and more than `failedShare` of them, fail in a baseline, or in a recovery that was as good as the baseline already, later than `afterMs` and `deadlineCount` deadlines after its fault; a warm-up and an application's own errors do not count; inconclusive with less than `operationCount` operations",
    thresholds: {
      failedCount: 2,
      failedShare: 0.001,
      afterMs: 10_000,
      deadlineCount: 5,
      operationCount: 30,
    },
    needs: ['calm-operations', 'load'],
    cause:
      'A connection that is closed while it is in use, a pool that hands out what it has just ended, a limit or time-out that normal load exceeds.',
    remedy:
      "Reproduce it without faults, group the failures by their code, and correct the client's own handling of connections and limits before any network fault is looked at.",
    source: sources.simpleTesting,
  },
  'duplicate-effect': {
    weight: 'untrue',
    summary: 'operations that were applied more than once',
    noun: 'duplicated effects',
    criterion:
      'more than `duplicateCount` operations that are not idempotent had their effect more than once, or operations came to the consumer more than once where the scenario promises at most or exactly once',
    thresholds: {duplicateCount: 0},
    needs: ['operations', 'load'],
    cause: 'A retry after an error that leaves open whether the first attempt was applied.',
    remedy:
      'Retry only what is idempotent, or send an idempotency key that the server checks; do not retry after an ambiguous error.',
    source: sources.idempotent,
  },
  'crossed-response': {
    weight: 'untrue',
    summary: "operations that got another one's answer",
    noun: 'crossed responses',
    criterion:
      'more than `crossedCount` answers of a phase are for another operation than the one that asked',
    thresholds: {crossedCount: 0},
    needs: ['operations', 'load'],
    cause:
      'A connection that is used again although an answer to somebody who has given up is still to come on it.',
    remedy:
      'Discard a connection after a time-out or an abort instead of using it again, and match answers to requests by id.',
    source: sources.incomplete,
  },
  'no-default-timeout': {
    weight: 'hung',
    summary: 'waits without a limit by default',
    noun: 'waits without end',
    criterion:
      'under a silent peer (stall, blackhole, halfOpen) for longer than the deadline and its grace, more than `unsettledCount` operations of the first variant hang, and none of them gives up by itself',
    thresholds: {unsettledCount: 0},
    needs: ['fault-operations', 'load'],
    cause: 'No time-out is set unless the user sets one.',
    remedy: 'Give every wait a default bound; a user can raise it, but should not have to know of it.',
    source: sources.backoff,
  },
  'lost-acknowledged': {
    weight: 'untrue',
    summary: 'operations that were acknowledged and not applied',
    noun: 'lost operations',
    criterion:
      'more than `lostCount` operations of a phase succeeded, and the server has no effect of them, or, where the scenario promises at least or exactly once, they neither came to the consumer nor are in its queue',
    thresholds: {lostCount: 0},
    needs: ['operations', 'load'],
    cause:
      'A success is told when something was written to a buffer or a socket, and not when the server has answered; a consumer acknowledges what it has not worked on yet.',
    remedy:
      'Acknowledge only what the server has acknowledged, and keep the rest until it does; as a consumer, acknowledge what is done.',
    source: sources.partitions,
  },
  'false-failure': {
    weight: 'untrue',
    summary: 'operations that failed for certain, and were applied',
    noun: 'false failures',
    criterion:
      'more than `appliedCount` operations of a phase were told as failed or rejected for certain, and the server has an effect of them',
    thresholds: {appliedCount: 0},
    needs: ['operations', 'effects', 'load'],
    cause: 'An ambiguous error, such as a time-out after sending, is told as a definite one.',
    remedy: 'Tell apart what was surely not sent from what may have been applied.',
    source: sources.partitions,
  },
  reordered: {
    weight: 'untrue',
    summary: 'operations that were applied in another order',
    noun: 'reordered operations',
    criterion:
      'more than `reorderedCount` operations were applied before an earlier one of the same key, by what verify() of the scenario returns',
    thresholds: {reorderedCount: 0},
    needs: ['operations', 'load'],
    cause: 'A retry overtakes, or is overtaken by, what was submitted after it.',
    remedy:
      'Keep at most one operation in flight per key, or number them and let the server refuse what comes out of order.',
    source: sources.partitions,
  },
  'truncation-accepted': {
    weight: 'untrue',
    summary: 'answers that ended too early, told as successes',
    noun: 'truncated answers',
    criterion:
      'more than `truncatedCount` successes of a phase were not whole, by what perform() returns as intact',
    thresholds: {truncatedCount: 0},
    needs: ['fault-operations', 'load'],
    cause: 'The end of the connection is taken for the end of the answer.',
    remedy: 'Hold each body against its length or its last chunk, and fail what is short.',
    source: sources.incomplete,
  },
  'swallowed-error': {
    weight: 'untrue',
    summary: 'successes with nothing in them',
    noun: 'swallowed errors',
    criterion:
      'more than `emptyCount` successes of a fault phase came with nothing, by what perform() returns as empty, and none did in the baseline',
    thresholds: {emptyCount: 0},
    needs: ['fault-operations', 'load'],
    cause: 'A catch block that logs and goes on.',
    remedy: 'Let the error reach the caller; a default value is a choice for the caller to make.',
    source: sources.simpleTesting,
  },
  'unclassified-errors': {
    weight: 'wasteful',
    summary: 'errors that cannot be told apart',
    noun: 'unclassified errors',
    criterion:
      'more than `unclassifiedShare` of at least `failureCount` errors have neither code nor numeric status, no cause, and no name or class but Error or TypeError',
    thresholds: {unclassifiedShare: 0.05, failureCount: 20},
    needs: ['failures', 'load'],
    cause: 'Errors are made from texts, and what caused them is left behind.',
    remedy: 'Give each kind of error a stable code, and its cause.',
    source: sources.errorCodes,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
