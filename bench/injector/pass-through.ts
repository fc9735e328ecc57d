// What an injector costs while it injects nothing: throughput, and the time that it adds to each request.
import {type Bench, type Measured, measure, type Path} from './bench.ts';
import type {EchoJob} from './protocol.ts';
import type {Column} from './series.ts';

type Load = {
  readonly title: string;
  readonly connections: number;
  readonly bytes: number;
  readonly pauseMs: number;
};

const loads: readonly Load[] = [
  {title: '128 B, c = 1', connections: 1, bytes: 128, pauseMs: 0},
  {title: '128 B, c = 10', connections: 10, bytes: 128, pauseMs: 0},
  {title: '128 B, c = 50', connections: 50, bytes: 128, pauseMs: 0},
  {title: '64 KiB, c = 10', connections: 10, bytes: 64 * 1024, pauseMs: 0},
  // Below saturation, as in most uses: what is added here is the injector's own time, not a queue's.
  {title: '128 B, c = 10, about 900/s', connections: 10, bytes: 128, pauseMs: 10},
  {title: '64 KiB, c = 10, about 900/s', connections: 10, bytes: 64 * 1024, pauseMs: 10},
];

export const measurePassThrough = async (bench: Bench, paths: readonly Path[]): Promise<void> => {
  for (const load of loads) if (load.title.includes(bench.rows)) await measureLoad(bench, paths, load);
  await measureDownload(bench, paths);
};

const measureLoad = async (bench: Bench, paths: readonly Path[], load: Load): Promise<void> => {
  const {series, sizes} = bench;
  const {title, connections, bytes, pauseMs} = load;
  const results = new Map<Column, Measured>();
  for (const path of paths) {
    const job: EchoJob = {
      kind: 'echo',
      address: path.addresses.echo,
      connections,
      bytes,
      pauseMs,
      spreadMs: pauseMs,
      warmUpMs: sizes.warmUpMs,
      durationMs: sizes.echoMs,
    };
    results.set(path.column, await measure(bench, path, title, job));
  }
  const direct = results.get('direct');
  for (const [column, {count, allCount, elapsedMs, p50Ms, p99Ms, meanMs, injectorCpuMs}] of results) {
    if (pauseMs === 0) {
      series.add({title: `${title}: requests`, unit: '/s', digits: 0}, column, count / (elapsedMs / 1000));
    }
    const isDirect = column === 'direct' || direct === undefined;
    const added = (timeMs: number, directMs: number): number => (timeMs - (isDirect ? 0 : directMs)) * 1000;
    const p50 = added(p50Ms, direct?.p50Ms ?? 0);
    const p99 = added(p99Ms, direct?.p99Ms ?? 0);
    series.add({title: `${title}: p50, added to direct`, unit: 'µs', digits: 0}, column, p50);
    series.add({title: `${title}: p99, added to direct`, unit: 'µs', digits: 0}, column, p99);
    // The limit is Toxiproxy's own, of small messages.
    if (bytes === 128 && (connections === 1 || pauseMs > 0)) {
      const title = `${load.title}: mean, added`;
      series.add({title, unit: 'µs', digits: 0}, column, added(meanMs, direct?.meanMs ?? 0));
    }
    if (injectorCpuMs === undefined) continue;
    const cpuUs = (injectorCpuMs * 1000) / allCount;
    series.add({title: `${title}: injector's CPU time per request`, unit: 'µs', digits: 1}, column, cpuUs);
  }
};

const measureDownload = async (bench: Bench, paths: readonly Path[]): Promise<void> => {
  const bytes = bench.sizes.downloadBytes;
  const title = bytes >= 1024 ** 3 ? '1 GiB one way' : `${bytes / 1024 ** 2} MiB one way`;
  if (!title.includes(bench.rows)) return;
  for (const path of paths) {
    const job = {kind: 'download', address: path.addresses.source, bytes} as const;
    const {elapsedMs, injectorCpuMs} = await measure(bench, path, title, job);
    bench.series.add({title, unit: 'MB/s', digits: 0}, path.column, bytes / 1e6 / (elapsedMs / 1000));
    if (injectorCpuMs === undefined) continue;
    bench.series.add(
      {title: `${title}: injector's CPU time`, unit: 'ms', digits: 0},
      path.column,
      injectorCpuMs,
    );
  }
};
