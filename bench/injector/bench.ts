// What the injector's parts share: the processes, how long to measure, and where figures go.
import {existsSync} from 'node:fs';
import {type Effort, type Measurement, medianOf} from '../part.ts';
import {createProxy} from './injector-api.ts';
import {cpuMs, machineBusyMs} from './process-figures.ts';
import {
  type Generator,
  type InjectorProcess,
  startGenerator,
  startInjectorProcess,
  startTarget,
  versionOf,
} from './processes.ts';
import type {Job, JobResult, TargetAddresses} from './protocol.ts';
import {type Column, Series} from './series.ts';

type Sizes = {
  readonly warmUpMs: number;
  readonly echoMs: number;
  readonly downloadBytes: number;
  readonly latencyMs: number;
  /** How long a download through a bandwidth toxic takes. */
  readonly bandwidthMs: number;
  readonly heldConnections: number;
  /** Of 1,000 connections each. */
  readonly churnCycles: number;
};

const fullSizes: Sizes = {
  warmUpMs: 300,
  echoMs: 1500,
  downloadBytes: 1024 ** 3,
  latencyMs: 3000,
  bandwidthMs: 3000,
  heldConnections: 1000,
  churnCycles: 120,
};

const quickSizes: Sizes = {
  warmUpMs: 100,
  echoMs: 200,
  downloadBytes: 64 * 1024 ** 2,
  latencyMs: 500,
  bandwidthMs: 300,
  heldConnections: 100,
  churnCycles: 4,
};

/** A way to the target: past all proxies, or through one. */
export type Path = {
  readonly column: Column;
  readonly addresses: TargetAddresses;
  readonly injector: InjectorProcess | undefined;
};

export type Bench = {
  /** Toxiproxy's binary. */
  readonly toxiproxy: string;
  readonly targetAddresses: TargetAddresses;
  readonly generator: Generator;
  readonly sizes: Sizes;
  readonly series: Series;
  /** Where the generator, and not the injector, set the limit. */
  readonly generatorLimits: Set<string>;
  /** The bench's processes but for the injectors. */
  readonly ownPids: readonly number[];
  /** How many CPUs other work took, measure by measure. */
  readonly othersCpus: number[];
  /** What is to be measured, by its title. */
  readonly takes: Effort['takes'];
};

const toxiproxyVariable = 'FOULWEATHER_TOXIPROXY';

export const missingToxiproxy = (): string | null => {
  if (process.platform !== 'linux') return 'CPU time and memory are read from /proc, which only Linux has';
  const binary = process.env[toxiproxyVariable];
  if (!binary) {
    return `there is no Toxiproxy to compare with; install one as docs/performance.md says, and name its binary in ${toxiproxyVariable}`;
  }
  return existsSync(binary) ? null : `${toxiproxyVariable} names ${binary}, which does not exist`;
};

/** Starts what all parts need, and says afterwards what else the machine did. */
export const withBench = async (
  {isQuick, takes}: Effort,
  work: (bench: Bench) => Promise<void>,
): Promise<Measurement> => {
  const toxiproxy = process.env[toxiproxyVariable] ?? '';
  const version = versionOf(toxiproxy);
  const target = await startTarget();
  const generator = await startGenerator();
  const bench: Bench = {
    toxiproxy,
    targetAddresses: target.addresses,
    generator,
    sizes: isQuick ? quickSizes : fullSizes,
    series: new Series(),
    generatorLimits: new Set(),
    ownPids: [process.pid, generator.pid, target.pid],
    othersCpus: [],
    takes,
  };
  try {
    await work(bench);
  } finally {
    await generator.stop();
    await target.stop();
  }
  return {rows: bench.series.rows(), notes: [`Compared with Toxiproxy ${version}.`, ...notesOf(bench)]};
};

const notesOf = ({othersCpus, generatorLimits}: Bench): string[] => [
  ...(othersCpus.length === 0
    ? []
    : [
        `Other work took ${medianOf(othersCpus).toFixed(2)} CPUs in the median, at most ${Math.max(...othersCpus).toFixed(2)}.`,
      ]),
  ...(generatorLimits.size === 0
    ? []
    : [
        `The load generator was the limit, so the injector could do more: ${[...generatorLimits].join('; ')}.`,
      ]),
];

/** Direct, ours, Toxiproxy, and back. */
export const measureInRounds = (
  effort: Effort,
  measureRound: (bench: Bench, paths: readonly Path[]) => Promise<void>,
): Promise<Measurement> =>
  withBench(effort, async bench => {
    const injectors = [
      await startInjectorProcess('ours', bench.toxiproxy),
      await startInjectorProcess('real', bench.toxiproxy),
    ];
    try {
      const direct: Path = {column: 'direct', addresses: bench.targetAddresses, injector: undefined};
      const proxied = await Promise.all(
        injectors.map(injector => pathThrough(injector, bench.targetAddresses)),
      );
      const paths = [direct, ...proxied];
      for (let round = 0; round < effort.rounds; round++) {
        process.stderr.write(`  round ${round + 1} of ${effort.rounds}\n`);
        // There and back again, so that whatever changes with time meets all columns alike.
        await measureRound(bench, round % 2 === 0 ? paths : paths.toReversed());
      }
    } finally {
      for (const injector of injectors) await injector.stop();
    }
  });

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
