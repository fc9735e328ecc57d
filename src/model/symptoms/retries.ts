// Symptoms of retries: how often, how soon, and of what.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const retrySymptoms = {
  'retry-amplification': {
    sees: 'more attempts than operations: a retry storm',
    noun: 'retry amplification',
    when: 'attempts / operations in a fault phase is above `warnRatio` (a warning), or above `failRatio`',
    thresholds: {warnRatio: 1.1, failRatio: 3},
    cause: 'Every failure is tried again, and each layer multiplies what the one above it retries.',
    remedy:
      'Limit the attempts of an operation, back off exponentially with jitter, and give retries a budget, such as 10 % of the requests.',
    source: sources.cascading,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
