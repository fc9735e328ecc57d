// Symptoms of connections and pools.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const connectionSymptoms = {
  'connection-leak': {
    sees: 'connections that stay open',
    noun: 'leaked connections',
    when: 'more than `connectionCount` connections beyond the most of the baseline are open after the load and the idle time-out',
    thresholds: {connectionCount: 1},
    cause: 'An error path that forgets the socket: after a time-out, an abort, or a body that nobody reads.',
    remedy:
      'Destroy the socket on time-out and abort, read or cancel every body, and set an idle time-out on the pool.',
    source: sources.simpleTesting,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
