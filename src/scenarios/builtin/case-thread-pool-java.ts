// Case study: the size of a thread pool, in Java. Lookups that block on the network, on as many threads as there are CPUs.
import {latency, resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {javaProgram} from '../pack/in-another-language.ts';

/** Where a pool of the size of its CPUs has two threads. */
const process = {cpuCount: 2};

export default defineScenario({
  name: 'case-thread-pool-java',
  observation:
    'Lookups wait for seconds while the machine is idle: CPU and memory are low, and so is throughput.',
  remarks: [
    'The default is a pool as large as availableProcessors(), which suits tasks that compute; ForkJoinPool.commonPool() has one thread fewer. These tasks block for 100 ms each, in HttpClient.send().',
    'The threads named "operation" are the callers; those named "lookup" are the pool.',
    'The JVM runs on 2 CPUs, so that the default has 2 threads on every machine. The effect equals the ratio of threads as long as the server answers in 100 ms under any load.',
  ],
  target: {kind: 'http', thinkTimeMs: 100},
  variants: [
    {name: 'cpu-threads', options: {threads: null}, process},
    {
      name: 'threads-32',
      options: {threads: 32},
      process,
      change: 'Size the pool for what its tasks do: 32 threads, since each waits 100 ms for a response.',
    },
  ],
  load: {model: 'closed', concurrency: 64},
  operation: {deadlineMs: 20_000, idempotent: true},
  trials: 5,
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 4000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'jitter', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 20, jitterMs: 15})]},
    {name: 'resets', role: 'fault', durationMs: 3000, faults: [resetAfter({afterMs: 300, probability: 0.3})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}, baseline: {successRatio: {min: 0.999}}},
  subject: javaProgram('CaseThreadPool'),
});
