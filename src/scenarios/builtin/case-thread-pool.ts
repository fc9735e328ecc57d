// Case study: the size of a thread pool. Tasks that wait on the network, on as many threads as suit tasks that
// compute.
import {metrics} from '@opentelemetry/api';
import {Piscina} from 'piscina';
import {Pool} from 'undici';
import {latency, resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';

type Options = {readonly threads: {readonly minThreads?: number; readonly maxThreads?: number}};
type Task = {readonly url: string; readonly id: string};

const asUsersGetIt: Options = {threads: {}};

/** One connection pool per thread, which is made there: this file is the scenario and also the code of its threads. */
let connections: Pool | undefined;

/** Runs in a thread of the pool. */
export const lookUp = async ({url, id}: Task): Promise<unknown> => {
  connections ??= new Pool(url);
  const {body} = await connections.request({path: `/echo/${id}`, method: 'GET'});
  return ((await body.json()) as {id: unknown}).id;
};

/** The pool's own figures; piscina has no telemetry. */
const observe = (pool: Piscina): void => {
  const meter = metrics.getMeter('piscina');
  const gauge = (name: string, unit: string, read: () => number): void =>
    meter.createObservableGauge(name, {unit}).addCallback(result => result.observe(read()));
  gauge('piscina.threads', '{thread}', () => pool.threads.length);
  gauge('piscina.queue.size', '{task}', () => pool.queueSize);
  gauge('piscina.utilization', '1', () => pool.utilization);
};

export default defineScenario({
  name: 'case-thread-pool',
  observation:
    'Lookups wait for seconds while the machine is idle: CPU and memory are low, and so is throughput.',
  remarks: [
    'The default is piscina’s: 1.5 threads per CPU, which suits tasks that compute. These tasks wait 100 ms for a response.',
    '32 threads cost memory, about 25 MB each; a connection pool in one thread would do the same work with less. The point is the size of the pool, not that threads are the best way to wait.',
    'The effect equals the ratio of threads as long as the server answers in 100 ms under any load; a server that slows down reduces it.',
  ],
  target: {kind: 'http', thinkTimeMs: 100},
  variants: [
    {name: 'default-threads', options: asUsersGetIt},
    {
      name: 'threads-32',
      options: {threads: {minThreads: 32, maxThreads: 32}},
      change: 'Size the pool for what its tasks do: 32 threads, since each waits 100 ms for a response.',
    },
  ],
  load: {model: 'closed', concurrency: 128},
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
  subject: {
    open({url, options}): {pool: Piscina; url: string} {
      const pool = new Piscina({
        filename: import.meta.filename,
        name: 'lookUp',
        ...options.threads,
        // The threads must not start a telemetry SDK each.
        execArgv: [],
      });
      observe(pool);
      return {pool, url};
    },
    async perform({pool, url}, {id}) {
      return {echoedId: await pool.run({url, id} satisfies Task)};
    },
    close: ({pool}) => pool.close(),
  },
});
