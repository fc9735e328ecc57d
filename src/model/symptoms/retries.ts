// Symptoms of retries: how often, how soon, and of what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const retrySymptoms = {
  'retry-amplification': {
    weight: 'wasteful',
    summary: 'more attempts than operations: a retry storm',
    noun: 'retry amplification',
    criterion:
      'attempts / operations in a fault phase is above `warnRatio` (a warning), or above `failRatio`',
    thresholds: {warnRatio: 1.1, failRatio: 3},
    needs: ['attempts', 'fault-operations', 'load'],
    cause: 'Every failure is tried again, and each layer multiplies what the one above it retries.',
    remedy:
      'Limit the attempts of an operation, back off exponentially with jitter, and give retries a budget, such as 10 % of the requests.',
    source: sources.cascading,
  },
  'unbounded-retries': {
    weight: 'wasteful',
    summary: 'operations that are tried again and again',
    noun: 'unbounded retries',
    criterion: 'an operation after the warm-up has more than `attemptCount` attempts',
    thresholds: {attemptCount: 3},
    needs: ['attempts', 'operations', 'load'],
    cause: 'Retries end with success only, or with a time that is longer than anybody waits.',
    remedy: 'Limit the attempts of an operation, and its time as a whole.',
    source: sources.retryPolicy,
  },
  'no-backoff': {
    weight: 'wasteful',
    summary: 'retries without a pause, or with one that does not grow',
    noun: 'hammering',
    criterion:
      'of `operationCount` or more operations of a fault phase that were tried again, the median pause between attempts is below `gapMs`, or, under a fault that fails attempts at once, pauses grow by less than `growthRatio` each time where there are three attempts or more; pauses that a Retry-After asked for are left out',
    thresholds: {gapMs: 50, growthRatio: 1.5, operationCount: 10},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'A loop around the call.',
    remedy: 'Back off exponentially, up to a cap.',
    source: sources.backoff,
  },
  'no-jitter': {
    weight: 'wasteful',
    summary: 'retries that all come at the same time',
    noun: 'synchronised retries',
    criterion:
      'of `sampleCount` or more operations of a fault phase that were tried again, the pauses before the first retry are `shortestMs` or longer in the median and differ by less than `spreadRatio` (IQR / 1.349 / median); pauses that a Retry-After asked for are left out',
    thresholds: {spreadRatio: 0.05, shortestMs: 20, sampleCount: 30},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'Every client waits for the same fixed time.',
    remedy: 'Add jitter: wait for a random time up to the pause.',
    source: sources.backoff,
  },
  'retry-after-ignored': {
    weight: 'wasteful',
    summary: 'retries that come before the server asked for them',
    noun: 'ignored Retry-After',
    criterion:
      'more than `earlyCount` operations of a phase with a 429 or 503 and a Retry-After come back earlier than that, less `earlyShare` of it',
    thresholds: {earlyCount: 0, earlyShare: 0.05},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: "The library's own back-off does not look at the answer.",
    remedy: 'Wait for as long as Retry-After says, or give up where that is past the deadline.',
    source: sources.retryAfter,
  },
  'retries-non-retryable': {
    weight: 'wasteful',
    summary: 'retries of what the server refuses for good',
    noun: 'retries of final answers',
    criterion:
      'more than `retriedCount` operations of a phase are tried again after a 4xx other than 408, 425 and 429',
    thresholds: {retriedCount: 0},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'Every answer that is no success is tried again.',
    remedy: 'Retry only what another attempt can fix: connection errors, 408, 425, 429, 502, 503, 504.',
    source: sources.retryPolicy,
  },
  'never-retries-transient': {
    weight: 'late',
    summary: 'operations that fail although a second attempt would pass',
    noun: 'failures for want of a retry',
    criterion:
      'where faults cut only some of the connections, more than `failedCount` idempotent operations of a phase fail, and none was tried a second time',
    thresholds: {failedCount: 0},
    needs: ['attempts', 'fault-operations', 'load'],
    cause: 'The library leaves retries to its user, who does not know.',
    remedy:
      'Retry idempotent operations once on a connection error, or say in the documentation that nobody does.',
    source: sources.retryPolicy,
  },
  'stale-work-sent': {
    weight: 'wasteful',
    summary: 'attempts for callers who have given up',
    noun: 'stale work',
    criterion: 'more than `staleShare` of the attempts come after the deadline of their operation',
    thresholds: {staleShare: 0.01},
    needs: ['attempt-times', 'operations', 'load'],
    cause: 'A queue that does not look at deadlines when it sends.',
    remedy: 'Drop what is late before it is sent, and hand the deadline on to the server.',
    source: sources.cascading,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
