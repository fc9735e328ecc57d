// Symptoms of the process: CPU, memory, the event loop, and its end.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const processSymptoms = {
  'process-crash': {
    weight: 'crash',
    summary: 'the process died',
    noun: 'crashes',
    criterion: 'the process exits, by an uncaught exception, an exit or a signal, before the harness ends it',
    thresholds: {},
    needs: ['end'],
    cause: "An 'error' event without a listener, or an exception in a callback that nobody catches.",
    remedy:
      "Handle 'error' on every emitter and the rejection of every promise that is not awaited; report the error to the caller instead.",
    source: sources.errorEvents,
  },
  'out-of-memory': {
    weight: 'crash',
    summary: 'the process ran out of memory',
    noun: 'out-of-memory crashes',
    criterion: "V8 gives up at the heap's limit",
    thresholds: {},
    needs: ['node', 'fate'],
    cause: 'Something waits without a bound: operations, prefetched messages, unread bodies.',
    remedy:
      'Bound what waits: limit queue, prefetch and operations in flight, and refuse or push back beyond that.',
    source: sources.memory,
  },
  'event-loop-stall': {
    weight: 'late',
    summary: 'the event loop was blocked',
    noun: 'event-loop stalls',
    criterion:
      "the event-loop delay's p99 is above `delayMs` in a phase, and above `machineRatio` × that of each process of the harness (inconclusive otherwise, and where the phase has fewer than `lookCount` samples of 10 ms: then a single pause of the machine sets the p99); or CPU per settled operation in a fault phase is above `cpuRatio` × the baseline's while the process takes `busyRatio` of a core or more; or the process stops answering",
    thresholds: {delayMs: 100, machineRatio: 3, lookCount: 100, cpuRatio: 3, busyRatio: 0.5},
    needs: ['process', 'node', 'operations', 'load'],
    cause: 'Synchronous work over all that waits, or retries without a pause between them.',
    remedy:
      'Look at a CPU profile of the phase: split or move away synchronous work, and put a pause between retries.',
    source: sources.blocking,
  },
  'gc-pressure': {
    weight: 'wasteful',
    summary: 'high CPU, and much of the time in garbage collection',
    noun: 'pressure on the garbage collector',
    criterion: 'the pauses of garbage collection take more than `gcShare` of the time of a phase',
    thresholds: {gcShare: 0.1},
    needs: ['process', 'node', 'load'],
    cause: 'Much is allocated for each operation, such as buffers far larger than what goes into them.',
    remedy:
      'Take a heap snapshot or an allocation profile; give buffers the exact size, reuse them, and stream what is large.',
    source: sources.gc,
  },
  'cpu-bound': {
    weight: 'wasteful',
    summary: 'high CPU at low throughput',
    noun: 'a core at its limit',
    criterion:
      "the process takes `cpuRatio` of a core or more in a phase, and succeeds in less than 99 % of what the load offers or the phase's goal for goodput asks for; under a closed load without a goal, an operation takes more than `operationMs` of CPU",
    thresholds: {cpuRatio: 0.9, operationMs: 2},
    needs: ['process', 'operations', 'load'],
    cause:
      'Work for each operation that is not needed: copies, conversions, synchronous compression or parsing, a busy wait.',
    remedy: 'Take a CPU profile of the phase, and look at what is at the top of it for each operation.',
    source: sources.blocking,
  },
  'under-utilised': {
    weight: 'wasteful',
    summary: 'low throughput at low CPU and memory',
    noun: 'under-used resources',
    criterion:
      'in a baseline with less than `cpuRatio` of a core in use, `waitingCount` operations or more at once, and more than `waitingShare` of those under way, wait in the client and not at the target',
    thresholds: {cpuRatio: 0.3, waitingCount: 8, waitingShare: 0.5},
    needs: ['process', 'calm-operations'],
    cause:
      'A pool of threads, connections or permits that is smaller than the number of callers: work queues in front of it.',
    remedy:
      'Count threads and connections, and size the pool for the concurrency: round-trip time × operations per second.',
    source: sources.threadPool,
  },
  'memory-growth': {
    weight: 'wasteful',
    summary: 'the heap grows and stays',
    noun: 'growing heaps',
    criterion:
      'with all garbage collected the heap is more than `growthBytes` and `growthShare` larger after the load than in the baseline; after three recoveries or more it must have grown from one to the next, too; the harness’s own memory and V8’s compiled code are taken off',
    thresholds: {growthBytes: 5_242_880, growthShare: 0.1},
    needs: ['node', 'operations', 'load'],
    cause: 'Something is kept for each failure: a listener, a timer, an entry of a map.',
    remedy: 'Compare two heap snapshots, one before and one after a fault.',
    source: sources.memory,
  },
  'listener-leak': {
    weight: 'wasteful',
    summary: 'listeners pile up',
    noun: 'leaked listeners',
    criterion:
      'Node warns more than `warningCount` times of more listeners than an emitter should have, and than there are operations under way',
    thresholds: {warningCount: 0},
    needs: ['node', 'operations', 'load'],
    cause: 'Each operation adds a listener to a shared socket or signal, and does not remove it.',
    remedy:
      'Remove the listener when the operation has settled; use { once: true } and a signal. Where each operation under way has one, say how many may be: setMaxListeners.',
    source: sources.listeners,
  },
  'unhandled-rejection': {
    weight: 'wasteful',
    summary: 'unhandled promise rejections',
    noun: 'unhandled rejections',
    criterion: 'more than `rejectionCount` promises are rejected without a handler',
    thresholds: {rejectionCount: 0},
    needs: ['node', 'operations', 'load'],
    cause: 'A promise of background work that nobody awaits.',
    remedy: 'Handle the rejection where the work is started, and tell it to the caller or as an event.',
    source: sources.rejections,
  },
  'close-hangs': {
    weight: 'hung',
    summary: 'close() does not end it',
    noun: 'hanging closes',
    criterion: 'close() takes longer than `closeMs`, or the process is alive that long after it',
    thresholds: {closeMs: 5000},
    needs: ['end', 'connection-log'],
    cause: 'A timer, a socket or a reconnect loop that close() does not know of.',
    remedy: 'End timers, sockets and retries in close(), with a bound; unref what may outlive it.',
    source: sources.errorEvents,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
