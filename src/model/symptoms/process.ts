// Symptoms of the process: CPU, memory, the event loop, and its end.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const processSymptoms = {
  'process-crash': {
    sees: 'the process died',
    noun: 'crashes',
    when: 'the process exits, by an uncaught exception, an exit or a signal, before the harness ends it',
    thresholds: {},
    cause: "An 'error' event without a listener, or an exception in a callback that nobody catches.",
    remedy:
      "Handle 'error' on every emitter and the rejection of every promise that is not awaited; report the error to the caller instead.",
    source: sources.errorEvents,
  },
  'out-of-memory': {
    sees: 'the process ran out of memory',
    noun: 'out-of-memory crashes',
    when: "V8 gives up at the heap's limit",
    thresholds: {},
    cause: 'Something waits without a bound: operations, prefetched messages, unread bodies.',
    remedy:
      'Bound what waits: limit queue, prefetch and operations in flight, and refuse or push back beyond that.',
    source: sources.memory,
  },
  'event-loop-stall': {
    sees: 'the event loop was blocked',
    noun: 'event-loop stalls',
    when: "the event-loop delay's p99 is above `delayMs` in a phase; or CPU per settled operation in a fault phase is above `cpuRatio` × the baseline's while the process takes `busyRatio` of a core or more; or the process stops answering",
    thresholds: {delayMs: 100, cpuRatio: 3, busyRatio: 0.5},
    cause: 'Synchronous work over all that waits, or retries without a pause between them.',
    remedy:
      'Look at a CPU profile of the phase: split or move away synchronous work, and put a pause between retries.',
    source: sources.blocking,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
