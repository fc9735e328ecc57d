// Symptoms of the process: CPU, memory, the event loop, and its end.
import type {SymptomFacts} from './facts.ts';
import {sources} from './sources.ts';

export const processSymptoms = {
  'process-crash': {
    weight: 'crash',
    summary: 'the process crashed',
    noun: 'crashes',
    criterion: 'the process ends by an uncaught exception, an exit or a signal before the harness ends it',
    thresholds: {},
    needs: ['end'],
    cause: "An 'error' event without a listener, or an uncaught exception in a callback.",
    remedy:
      "Handle 'error' on every emitter, and the rejection of every promise that is not awaited. Report the error to the caller instead.",
    source: sources.errorEvents,
  },
  'out-of-memory': {
    weight: 'crash',
    summary: 'the process ran out of memory',
    noun: 'out-of-memory crashes',
    criterion:
      "V8 aborts at its heap limit; a program's own runtime gives up for lack of memory, or the kernel kills it",
    thresholds: {},
    needs: ['fate'],
    cause: 'Something waits without a limit: operations, prefetched messages, or unread bodies.',
    remedy:
      'Bound what waits: limit the queue, the prefetch and the operations in flight, and reject or apply backpressure beyond that.',
    source: sources.memory,
  },
  'event-loop-stall': {
    weight: 'late',
    summary: 'the event loop was blocked',
    noun: 'event-loop stalls',
    criterion:
      "the p99 of the event-loop delay in a phase exceeds `delayMs`, and `machineRatio` × that of every process of the harness (otherwise inconclusive, as with fewer than `lookCount` samples of 10 ms, where a single pause of the machine decides the p99); or CPU per settled operation in a fault phase exceeds `cpuRatio` × the baseline's while the process uses at least `busyRatio` of a core; or the process stops answering",
    thresholds: {delayMs: 100, machineRatio: 3, lookCount: 100, cpuRatio: 3, busyRatio: 0.5},
    needs: ['process', 'node', 'operations', 'load'],
    cause: 'Synchronous work over everything that is waiting, or retries without a pause between them.',
    remedy:
      'Look at a CPU profile of the phase. Split up or move synchronous work, and pause between retries.',
    source: sources.blocking,
  },
  'gc-pressure': {
    weight: 'wasteful',
    summary: 'high CPU, with much of the time spent in garbage collection',
    noun: 'GC pressure',
    criterion:
      'garbage collection pauses take more than `gcShare` of a phase; for a JVM, pauses are counted between the first and the last reading of its metrics in the phase, and are unknown if its collector runs concurrently with the program',
    thresholds: {gcShare: 0.1},
    needs: ['collections', 'load'],
    cause: 'Each operation allocates a lot, such as buffers far larger than their contents.',
    remedy:
      'Take a heap snapshot or an allocation profile. Size buffers exactly, reuse them, and stream large payloads.',
    source: sources.gc,
  },
  'cpu-bound': {
    weight: 'wasteful',
    summary: 'high CPU at low throughput',
    noun: 'CPU saturation',
    criterion:
      "the process uses at least `cpuRatio` of a core in a phase, or of all its CPUs where its runtime can use several, and completes less than 99% of what the load offers or of the phase's goodput goal; under a closed load without such a goal, an operation takes more than `operationMs` of CPU",
    thresholds: {cpuRatio: 0.9, operationMs: 2},
    needs: ['usage', 'operations', 'load'],
    cause:
      'Unnecessary work per operation: copies, conversions, synchronous compression or parsing, or a busy wait.',
    remedy: 'Take a CPU profile of the phase, and see what each operation spends its time on.',
    source: sources.blocking,
  },
  'under-utilised': {
    weight: 'wasteful',
    summary: 'low throughput at low CPU and memory',
    noun: 'underused resources',
    criterion:
      'in a baseline that uses less than `cpuRatio` of a core, at least `waitingCount` operations at a time, and more than `waitingShare` of those in flight, wait in the client and not at the target',
    thresholds: {cpuRatio: 0.3, waitingCount: 8, waitingShare: 0.5},
    needs: ['usage', 'calm-operations'],
    cause:
      'A pool of threads, connections or permits that is smaller than the number of callers, so that work queues in front of it.',
    remedy:
      'Count threads and connections, and size the pool for the concurrency: round-trip time × operations per second.',
    source: sources.threadPool,
  },
  'memory-growth': {
    weight: 'wasteful',
    summary: 'the heap grows and does not shrink again',
    noun: 'heap growth',
    criterion:
      "after a full garbage collection, the heap is more than `growthBytes` and `growthShare` larger after the load than in the baseline; with three or more recoveries it must also have grown from one to the next. The harness's own memory and V8's compiled code are subtracted. A JVM is not asked to collect: the heap after its own full collections in the baseline and in the last recovery is compared",
    thresholds: {growthBytes: 5_242_880, growthShare: 0.1},
    needs: ['collected-heap', 'operations', 'load'],
    cause: 'Something is kept for each failure: a listener, a timer, or a map entry.',
    remedy: 'Compare two heap snapshots, one from before a fault and one from after it.',
    source: sources.memory,
  },
  'listener-leak': {
    weight: 'wasteful',
    summary: 'event listeners that pile up',
    noun: 'leaked listeners',
    criterion:
      'Node warns more than `warningCount` times that an emitter has more listeners than it should, and more than there are operations in flight',
    thresholds: {warningCount: 0},
    needs: ['node', 'operations', 'load'],
    cause: 'Each operation adds a listener to a shared socket or signal and does not remove it.',
    remedy:
      'Remove the listener when the operation has settled; use { once: true } and a signal. If every operation in flight needs one, raise the limit with setMaxListeners.',
    source: sources.listeners,
  },
  'unhandled-rejection': {
    weight: 'wasteful',
    summary: 'unhandled promise rejections',
    noun: 'unhandled rejections',
    criterion: 'more than `rejectionCount` promises are rejected without a handler',
    thresholds: {rejectionCount: 0},
    needs: ['node', 'operations', 'load'],
    cause: 'A promise for background work that is never awaited.',
    remedy: 'Handle the rejection where the work is started, and report it to the caller or as an event.',
    source: sources.rejections,
  },
  'close-hangs': {
    weight: 'hung',
    summary: 'close() does not finish',
    noun: 'close() hangs',
    criterion:
      'close() takes longer than `closeMs`, or the process is still alive that long after it; where clients come and go, the same goes for close() of each client; and a program that is sent SIGTERM takes longer than `exitMs` to end. Inconclusive if faults kept the server silent, and it was watched for no longer than that without them',
    // Ten seconds are what Docker waits between SIGTERM and SIGKILL; Kubernetes waits for thirty.
    thresholds: {closeMs: 5000, exitMs: 10_000},
    needs: ['end', 'connection-log'],
    cause:
      'A timer, a socket or a reconnect loop that close() does not know about, or an answer that close() waits for without a limit.',
    remedy: 'End timers, sockets and retries in close(), within a time limit; unref what may outlive it.',
    source: sources.errorEvents,
  },
} as const satisfies {readonly [id: string]: SymptomFacts};
