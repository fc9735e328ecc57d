// Symptoms of retries: how often, how soon, and of what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const retrySymptoms = {
  'retry-amplification': {
    weight: 'wasteful',
    summary: 'more attempts than operations: a retry storm',
    noun: 'retry amplification',
    criterion: 'attempts per operation in a fault phase exceed `warnRatio` (a warning) or `failRatio`',
    thresholds: {warnRatio: 1.1, failRatio: 3},
    needs: ['attempts', 'fault-operations', 'load'],
    cause: 'Every failure is retried, and each layer multiplies the retries of the layer above it.',
    remedy:
      'Limit the attempts per operation, back off exponentially with jitter, and give retries a budget, such as 10% of requests.',
    source: sources.cascading,
  },
  'unbounded-retries': {
    weight: 'wasteful',
    summary: 'operations that are retried without limit',
    noun: 'unbounded retries',
    criterion: 'an operation after the warm-up has more than `attemptCount` attempts',
    thresholds: {attemptCount: 3},
    needs: ['attempts', 'operations', 'load'],
    cause: 'Retries stop only on success, or after longer than anyone waits.',
    remedy: 'Limit both the attempts and the total time of an operation.',
    source: sources.retryPolicy,
  },
  'no-backoff': {
    weight: 'wasteful',
    summary: 'retries without a pause, or with one that does not grow',
    noun: 'retries without back-off',
    criterion:
      'the median pause between attempts, over at least `operationCount` retried operations of a fault phase, is below `gapMs`; or, under a fault that fails attempts immediately, pauses grow by less than a factor of `growthRatio` where there are three or more attempts. Pauses requested by Retry-After are excluded',
    thresholds: {gapMs: 50, growthRatio: 1.5, operationCount: 10},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'A loop around the call.',
    remedy: 'Back off exponentially, up to a cap.',
    source: sources.backoff,
  },
  'no-jitter': {
    weight: 'wasteful',
    summary: 'retries that all arrive at the same time',
    noun: 'synchronised retries',
    criterion:
      'the pauses before the first retry, over at least `sampleCount` retried operations of a fault phase, have a median of at least `shortestMs` and a spread below `spreadRatio` (IQR / 1.349 / median). Pauses requested by Retry-After are excluded',
    thresholds: {spreadRatio: 0.05, shortestMs: 20, sampleCount: 30},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'Every client waits for the same fixed time.',
    remedy: 'Add jitter: wait for a random time up to the full pause.',
    source: sources.backoff,
  },
  'retry-after-ignored': {
    weight: 'wasteful',
    summary: 'retries that come before the server asked for them',
    noun: 'ignored Retry-After',
    criterion:
      'in a phase with a 429 or 503 and a Retry-After, more than `earlyCount` operations come back before that time, minus `earlyShare` of it',
    thresholds: {earlyCount: 0, earlyShare: 0.05},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: "The library's back-off does not look at the response.",
    remedy: 'Wait as long as Retry-After says, or give up if that is past the deadline.',
    source: sources.retryAfter,
  },
  'retries-non-retryable': {
    weight: 'wasteful',
    summary: 'retries of errors that cannot go away',
    noun: 'retries of permanent errors',
    criterion:
      'more than `retriedCount` operations of a phase are retried after a 4xx other than 408, 425 and 429',
    thresholds: {retriedCount: 0},
    needs: ['attempt-times', 'fault-operations', 'load'],
    cause: 'Every response other than a success is retried.',
    remedy: 'Retry only what another attempt can fix: connection errors, 408, 425, 429, 502, 503, 504.',
    source: sources.retryPolicy,
  },
  'never-retries-transient': {
    weight: 'late',
    summary: 'operations that fail although a second attempt would succeed',
    noun: 'missing retries',
    criterion:
      'faults cut only some of the connections, and more than `failedCount` idempotent operations of a phase fail, none of them retried',
    thresholds: {failedCount: 0},
    needs: ['attempts', 'fault-operations', 'load'],
    cause: 'The library leaves retries to its user, who does not know that.',
    remedy: 'Retry idempotent operations once on a connection error, or document that nothing does.',
    source: sources.retryPolicy,
  },
  'stale-work-sent': {
    weight: 'wasteful',
    summary: 'attempts on behalf of callers that have given up',
    noun: 'stale work',
    criterion: 'more than `staleShare` of the attempts arrive after the deadline of their operation',
    thresholds: {staleShare: 0.01},
    needs: ['attempt-times', 'operations', 'load'],
    cause: 'A queue that ignores deadlines when it sends.',
    remedy: 'Drop late work before sending it, and pass the deadline on to the server.',
    source: sources.cascading,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
