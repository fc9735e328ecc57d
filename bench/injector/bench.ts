// What the measures share: the processes, how long to measure, and where figures go.
import {createProxy} from './injector-api.ts';
import {cpuMs, machineBusyMs} from './process-figures.ts';
import type {Generator, InjectorProcess} from './processes.ts';
import type {Job, JobResult, TargetAddresses} from './protocol.ts';
import type {Column, Series} from './series.ts';

export type Sizes = {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly echoMs: number;
  readonly downloadBytes: number;
  readonly latencyMs: number;
  /** How long a download through a bandwidth toxic takes. */
  readonly bandwidthMs: number;
  readonly heldConnections: number;
  /** Of 1,000 connections each. */
  readonly churnCycles: number;
  readonly memoryRounds: number;
};

export const fullSizes: Sizes = {
  rounds: 5,
  warmUpMs: 300,
  echoMs: 1500,
  downloadBytes: 1024 ** 3,
  latencyMs: 3000,
  bandwidthMs: 3000,
  heldConnections: 1000,
  churnCycles: 120,
  memoryRounds: 2,
};

export const quickSizes: Sizes = {
  rounds: 1,
  warmUpMs: 100,
  echoMs: 200,
  downloadBytes: 64 * 1024 ** 2,
  latencyMs: 500,
  bandwidthMs: 300,
  heldConnections: 100,
  churnCycles: 4,
  memoryRounds: 1,
};

/** A way to the target: past all proxies, or through one. */
export type Path = {
  readonly column: Column;
  readonly addresses: TargetAddresses;
  readonly injector: InjectorProcess | undefined;
};

export type Bench = {
  readonly generator: Generator;
  readonly sizes: Sizes;
  readonly series: Series;
  /** Where the generator, and not the injector, set the limit. */
  readonly generatorLimits: Set<string>;
  /** The bench's processes but for the injectors. */
  readonly ownPids: readonly number[];
  /** How many CPUs other work took, measure by measure. */
  readonly othersCpus: number[];
  /** Only what has this in its title is measured. */
  readonly rows: string;
};

export const pathThrough = async (injector: InjectorProcess, target: TargetAddresses): Promise<Path> => ({
  column: injector.name,
  addresses: {
    echo: await createProxy(injector.url, 'echo', target.echo),
    source: await createProxy(injector.url, 'source', target.source),
  },
  injector,
});

const busyRatioOfLimit = 0.95;

export type Measured = JobResult & {
  /** What the injector's process took of the CPUs; undefined past all injectors. */
  readonly injectorCpuMs: number | undefined;
};

/** Runs a job, and notes what other work took meanwhile, and when the generator had no time left while the injector had. */
export const measure = async (
  {generator, generatorLimits, ownPids, othersCpus}: Bench,
  path: Path,
  title: string,
  job: Job,
): Promise<Measured> => {
  const pid = path.injector?.pid;
  const pids = pid === undefined ? ownPids : [...ownPids, pid];
  const ownMs = (): number => pids.reduce((sum, own) => sum + cpuMs(own), 0);
  const before = {atMs: performance.now(), machineMs: machineBusyMs(), ownMs: ownMs()};
  const injectorBeforeMs = pid === undefined ? 0 : cpuMs(pid);
  const result = await generator.run(job);
  const elapsedMs = performance.now() - before.atMs;
  const othersMs = machineBusyMs() - before.machineMs - (ownMs() - before.ownMs);
  othersCpus.push(Math.max(0, othersMs / elapsedMs));
  if (pid === undefined) return {...result, injectorCpuMs: undefined};
  const injectorCpuMs = cpuMs(pid) - injectorBeforeMs;
  if (result.busyRatio >= busyRatioOfLimit && injectorCpuMs / elapsedMs < busyRatioOfLimit) {
    generatorLimits.add(`${title} (${path.column})`);
  }
  return {...result, injectorCpuMs};
};
