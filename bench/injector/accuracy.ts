// Whether injected latency and bandwidth are what was asked for.
import type {Part} from '../part.ts';
import {type Bench, measure, measureInRounds, missingToxiproxy, type Path} from './bench.ts';
import {withToxic} from './injector-api.ts';
import type {EchoJob, JobResult} from './protocol.ts';
import {beyondControl, deviatesByAtMost} from './wanted.ts';

const injectedMs = 100;
const busyConnections = 200;

export const part: Part = {
  title: "The injector's accuracy",
  rounds: {full: 5, quick: 1},
  missing: missingToxiproxy,
  measure: effort => measureInRounds(effort, measureAccuracy),
};

const measureAccuracy = async (bench: Bench, paths: readonly Path[]): Promise<void> => {
  await measureLatency(bench, paths, 'spread evenly', injectedMs);
  await measureLatency(bench, paths, 'all at once', 0);
  for (const megabytesPerSecond of [1, 10]) await measureBandwidth(bench, paths, megabytesPerSecond);
};

/**
 * Each connection has one request under way at any time. The direct column is the control: no delay is injected, the
 * generator pauses for it instead, so that it has the same requests to send and its own delay is seen.
 */
const measureLatency = async (
  bench: Bench,
  paths: readonly Path[],
  manner: string,
  spreadMs: number,
): Promise<void> => {
  const {series, sizes} = bench;
  const title = `${injectedMs} ms latency, ${busyConnections} connections ${manner}`;
  if (!bench.takes(title)) return;
  for (const path of paths) {
    const {column, addresses, injector} = path;
    const job: EchoJob = {
      kind: 'echo',
      address: addresses.echo,
      connections: busyConnections,
      bytes: 128,
      pauseMs: injector === undefined ? injectedMs : 0,
      spreadMs,
      warmUpMs: sizes.warmUpMs,
      durationMs: sizes.latencyMs,
    };
    const work = (): Promise<JobResult> => measure(bench, path, title, job);
    const toxic = {type: 'latency', attributes: {latency: injectedMs, jitter: 0}};
    const {p50Ms, p99Ms} =
      injector === undefined ? await work() : await withToxic(injector.url, 'echo', toxic, work);
    const askedMs = injector === undefined ? 0 : injectedMs;
    for (const [name, ms, mostMs] of [
      ['p50', p50Ms, 1],
      ['p99', p99Ms, 5],
    ] as const) {
      series.add(
        {
          title: `${title}: excess ${name}`,
          unit: 'ms',
          digits: 2,
          hasRatio: false,
          wanted: beyondControl(mostMs),
        },
        column,
        ms - askedMs,
      );
    }
  }
};

const measureBandwidth = async (
  bench: Bench,
  paths: readonly Path[],
  megabytesPerSecond: number,
): Promise<void> => {
  const {series, sizes} = bench;
  const title = `${megabytesPerSecond} MB/s bandwidth: deviation`;
  if (!bench.takes(title)) return;
  for (const path of paths) {
    const {column, addresses, injector} = path;
    if (injector === undefined) continue;
    const toxic = {type: 'bandwidth', attributes: {rate: megabytesPerSecond * 1000}};
    const bytes = megabytesPerSecond * 1000 * sizes.bandwidthMs;
    const {elapsedMs} = await withToxic(injector.url, 'source', toxic, () =>
      measure(bench, path, title, {kind: 'download', address: addresses.source, bytes}),
    );
    const deviation = (sizes.bandwidthMs / elapsedMs - 1) * 100;
    series.add(
      {title, unit: '%', digits: 2, hasRatio: false, wanted: deviatesByAtMost(1)},
      column,
      deviation,
    );
  }
};
