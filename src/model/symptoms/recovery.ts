// Symptoms of the time after a fault.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const recoverySymptoms = {
  'slow-recovery': {
    sees: 'slow to come back after the fault',
    noun: 'slow recovery',
    when: "the first three good seconds (success at least 99 % of the baseline's, p99 at most 1.5 × the baseline's or 50 ms above it) begin later than `recoverMs` after the fault",
    thresholds: {recoverMs: 5000},
    cause:
      'A pause between attempts without a cap, connections that are dead and kept, or a queue of work that nobody waits for.',
    remedy:
      'Cap the back-off, close connections that timed out, and drop work whose caller has given up, so that it does not queue in front of new work.',
    source: sources.metastable,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
