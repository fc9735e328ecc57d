// The load generator, a process of its own: takes jobs from its parent, one at a time, and answers with figures.
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import {mean, quantileSorted} from 'simple-statistics';
import {askAll, dial, EchoClient} from './echo-client.ts';
import type {EchoJob, Job, JobResult} from './protocol.ts';

type Counted = {
  readonly count: number;
  readonly allCount: number;
  readonly elapsedMs: number;
  readonly timesMs: number[];
};

let held: readonly EchoClient[] = [];

const run = async (job: Job): Promise<JobResult> => {
  for (const client of held) client.close();
  held = [];
  const before = performance.eventLoopUtilization();
  const {count, allCount, elapsedMs, timesMs} = await counted(job);
  const {utilization: busyRatio} = performance.eventLoopUtilization(before);
  const sorted = timesMs.sort((a, b) => a - b);
  const quantile = (p: number): number => (sorted.length === 0 ? 0 : quantileSorted(sorted, p));
  const meanMs = sorted.length === 0 ? 0 : mean(sorted);
  return {count, allCount, elapsedMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99), meanMs, busyRatio};
};

const counted = async (job: Job): Promise<Counted> => {
  const startMs = performance.now();
  const since = (count: number): Counted => ({
    count,
    allCount: count,
    elapsedMs: performance.now() - startMs,
    timesMs: [],
  });
  switch (job.kind) {
    case 'echo':
      return echo(job);
    case 'download':
      return download(job.address, job.bytes);
    case 'hold':
      held = await askAll(job.address, job.connections);
      return since(held.length);
    case 'churn':
      for (let cycle = 0; cycle < job.cycles; cycle++) {
        for (const client of await askAll(job.address, job.connections)) client.close();
      }
      return since(job.cycles * job.connections);
  }
};

const echo = async (job: EchoJob): Promise<Counted> => {
  const timesMs: number[] = [];
  let fromMs = Number.POSITIVE_INFINITY;
  let isOver = false;
  let allCount = 0;
  const clients = Array.from(
    {length: job.connections},
    () =>
      new EchoClient(job.bytes, (client, sentMs) => {
        if (isOver) return;
        allCount++;
        const nowMs = performance.now();
        if (nowMs >= fromMs) timesMs.push(nowMs - sentMs);
        if (job.pauseMs === 0) client.send();
        else setTimeout(() => client.send(), job.pauseMs);
      }),
  );
  for (const client of clients) await client.open(job.address);
  const beginMs = performance.now();
  const spread = clients.map(async (client, index) => {
    if (job.spreadMs > 0) await sleep((job.spreadMs * index) / clients.length);
    client.send();
  });
  await Promise.all(spread);
  await sleep(Math.max(0, job.warmUpMs - (performance.now() - beginMs)));
  fromMs = performance.now();
  await sleep(job.durationMs);
  const elapsedMs = performance.now() - fromMs;
  isOver = true;
  for (const client of clients) client.close();
  return {count: timesMs.length, allCount, elapsedMs, timesMs};
};

const download = async (address: string, bytes: number): Promise<Counted> => {
  let missing = bytes;
  const {promise, resolve} = Promise.withResolvers<void>();
  const socket = await dial(address, taken => {
    missing -= taken;
    if (missing === 0) resolve();
  });
  const startMs = performance.now();
  socket.write(String(bytes).padStart(16));
  await promise;
  const elapsedMs = performance.now() - startMs;
  socket.destroy();
  return {count: bytes, allCount: bytes, elapsedMs, timesMs: []};
};

process.on('message', (job: Job) => {
  void run(job).then(result => process.send?.(result));
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
