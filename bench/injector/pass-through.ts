// What an injector costs while it injects nothing: throughput, and the time that it adds to each request.
import type {Part} from '../part.ts';
import {type Bench, type Measured, measure, measureInRounds, missingToxiproxy, type Path} from './bench.ts';
import type {EchoJob} from './protocol.ts';
import type {Column} from './series.ts';
import {addsNoMoreThanToxiproxy, ofThroughput, within} from './wanted.ts';

type Load = {
  readonly title: string;
  readonly connections: number;
  readonly bytes: number;
  readonly pauseMs: number;
  /** Of Toxiproxy's requests per second; 1 if left out. */
  readonly leastRatio?: number;
};

const loads: readonly Load[] = [
  {title: '128 B, c = 1', connections: 1, bytes: 128, pauseMs: 0},
  {title: '128 B, c = 10', connections: 10, bytes: 128, pauseMs: 0, leastRatio: 1.1},
  {title: '128 B, c = 50', connections: 50, bytes: 128, pauseMs: 0},
  {title: '64 KiB, c = 10', connections: 10, bytes: 64 * 1024, pauseMs: 0},
  // Below saturation, as in most uses: what is added here is the injector's own time, not a queue's.
  {title: '128 B, c = 10, about 900/s', connections: 10, bytes: 128, pauseMs: 10},
  {title: '64 KiB, c = 10, about 900/s', connections: 10, bytes: 64 * 1024, pauseMs: 10},
];

/** What Toxiproxy's own tests allow it to add to small messages, without a queue before it. */
const largestMeanUs = 300;

export const part: Part = {
  title: "The injector's cost",
  rounds: {full: 5, quick: 1},
  missing: missingToxiproxy,
  measure: effort => measureInRounds(effort, measurePassThrough),
};

const measurePassThrough = async (bench: Bench, paths: readonly Path[]): Promise<void> => {
  for (const load of loads) if (bench.takes(load.title)) await measureLoad(bench, paths, load);
  await measureDownload(bench, paths);
};

const measureLoad = async (bench: Bench, paths: readonly Path[], load: Load): Promise<void> => {
  const {series, sizes} = bench;
  const {title, connections, bytes, pauseMs, leastRatio = 1} = load;
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
      const wanted = ofThroughput(leastRatio);
      series.add(
        {title: `${title}: requests`, unit: '/s', digits: 0, wanted},
        column,
        count / (elapsedMs / 1000),
      );
    }
    const isDirect = column === 'direct' || direct === undefined;
    const added = (timeMs: number, directMs: number): number => (timeMs - (isDirect ? 0 : directMs)) * 1000;
    const time = {unit: 'µs', digits: 0} as const;
    const wanted = addsNoMoreThanToxiproxy;
    series.add({...time, title: `${title}: p50, added`, wanted}, column, added(p50Ms, direct?.p50Ms ?? 0));
    series.add({...time, title: `${title}: p99, added`, wanted}, column, added(p99Ms, direct?.p99Ms ?? 0));
    if (bytes === 128 && (connections === 1 || pauseMs > 0)) {
      const wanted = within({atMost: largestMeanUs}, 'µs');
      series.add(
        {...time, title: `${title}: mean, added`, wanted},
        column,
        added(meanMs, direct?.meanMs ?? 0),
      );
    }
    if (injectorCpuMs === undefined) continue;
    const cpuUs = (injectorCpuMs * 1000) / allCount;
    series.add({title: `${title}: injector's CPU per request`, unit: 'µs', digits: 1}, column, cpuUs);
  }
};

const measureDownload = async (bench: Bench, paths: readonly Path[]): Promise<void> => {
  const bytes = bench.sizes.downloadBytes;
  const title = bytes >= 1024 ** 3 ? '1 GiB one way' : `${bytes / 1024 ** 2} MiB one way`;
  if (!bench.takes(title)) return;
  for (const path of paths) {
    const job = {kind: 'download', address: path.addresses.source, bytes} as const;
    const {elapsedMs, injectorCpuMs} = await measure(bench, path, title, job);
    bench.series.add(
      {title, unit: 'MB/s', digits: 0, wanted: ofThroughput(1)},
      path.column,
      bytes / 1e6 / (elapsedMs / 1000),
    );
    if (injectorCpuMs === undefined) continue;
    bench.series.add(
      {title: `${title}: injector's CPU time`, unit: 'ms', digits: 0},
      path.column,
      injectorCpuMs,
    );
  }
};
