// One run of a scenario fixture in a folder of its own, with everything that can be asked of it afterwards.

import {mkdir, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {TrialEvent} from '../../src/model/event.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {JudgedRun, PrecisionGoal, TrialJudgement} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgeRun} from '../../src/run/judge/judge.ts';
import type {Limits} from '../../src/run/limits.ts';
import type {RunObserver, WithoutLoad} from '../../src/run/run-options.ts';
import {runScenario} from '../../src/run/run-scenario.ts';
import type {RunFolder} from '../../src/store/run-folder.ts';
import {compileCache} from './compile-cache.ts';
import {reportText} from './report-text.ts';
import {fixture, temporaryFolder} from './run-folders.ts';
import {ProcessWatch, type Remains} from './run-processes.ts';

export type RunOnceOptions = {
  readonly variants?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly observer?: Partial<RunObserver>;
  /** At the beginning of each phase. */
  readonly onEdge?: (trialId: string, phase: number, watch: ProcessWatch) => void;
  readonly baseDir?: string;
  readonly toxiproxyUrl?: string;
  /** Starts the real server that the scenario needs. */
  readonly startServices?: boolean;
  /** Instead of the fixture of that name. */
  readonly scenarioFile?: string;
  /** Makes another plan of the scenario's, such as a shorter one. */
  readonly reshape?: (plan: Plan) => Plan;
  readonly precision?: PrecisionGoal;
  /** Not, when absent: what is not asked for takes a tenth of the time. */
  readonly profiles?: boolean;
  readonly heapSnapshot?: boolean;
  readonly withoutLoad?: WithoutLoad;
  /** Variables on top of the test's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where packages are kept for other tests. */
  readonly packagesDir?: string;
};

/** A judged run, and what is asked of it. */
export type JudgedOnce = {
  readonly run: JudgedRun;
  readonly events: ReadonlyMap<string, readonly TrialEvent[]>;
  /** As if this variant had been the only one: the report tells the endings of the first and the last. */
  reportOf(variant: string): string;
  trial(variant: string): {readonly trial: Trial; readonly judgement: TrialJudgement};
};

export type RunOnce = JudgedOnce & {
  readonly folder: RunFolder;
  readonly seenCount: number;
  /** How many processes with such a command line there were. */
  readonly seenOf: (command: RegExp) => number;
  readonly remains: Remains;
  readonly temporaryFiles: readonly string[];
};

export const judgedOnce = (run: JudgedRun, events: JudgedOnce['events']): JudgedOnce => ({
  run,
  events,
  reportOf(variant) {
    const variants = run.record.plan.variants.filter(({name}) => name === variant);
    const plan = {...run.record.plan, variants: variants as unknown as Plan['variants']};
    const trials = run.trials.filter(trial => trial.variant === variant).map(trial => ({...trial, plan}));
    const alone = {record: {...run.record, plan}, trials, judgement: judgeRun(trials, [variant])};
    return reportText(renderReport(alone));
  },
  trial(variant) {
    const trial = run.trials.find(candidate => candidate.variant === variant);
    const judgement = run.judgement.trials.find(candidate => candidate.variant === variant);
    if (!trial || !judgement) throw new Error(`there is no trial of ${variant}`);
    return {trial, judgement};
  },
});

export type Watched = {readonly watch: ProcessWatch; readonly environment: NodeJS.ProcessEnv};

/** An environment by which the processes of a run are found again, with a folder of its own for temporary files. */
export const watched = async (t: Pick<ExecutionContext, 'teardown'>): Promise<Watched> => {
  const temporary = await temporaryFolder(t);
  const watch = new ProcessWatch();
  // A failed test must not leave anything behind either: it would disturb the others.
  t.teardown(() => watch.remains(0));
  const environment = {
    ...process.env,
    ...watch.environment,
    TMPDIR: temporary,
    ...compileCache,
  };
  return {watch, environment};
};

export const runOnce = async (
  t: Pick<ExecutionContext, 'teardown'>,
  scenario: string,
  options: RunOnceOptions = {},
): Promise<RunOnce> => {
  const baseDir = options.baseDir ?? (await temporaryFolder(t));
  const {watch, environment: own} = await watched(t);
  const environment = {...own, ...options.environment};
  watch.start();
  const events = new Map<string, TrialEvent[]>();
  const {observer} = options;
  await mkdir(baseDir, {recursive: true});
  const {run, folder} = await runScenario({
    scenario,
    scenarioFile: options.scenarioFile ?? fixture(scenario),
    variants: options.variants ?? null,
    toxiproxyUrl: options.toxiproxyUrl ?? null,
    ...(options.startServices && {target: {targetUrl: null, startServices: true}}),
    ...(options.reshape && {reshape: options.reshape}),
    seed: 1,
    trialsPerVariant: 1,
    ...(options.precision && {precision: options.precision}),
    profiles: options.profiles ?? false,
    heapSnapshot: options.heapSnapshot ?? false,
    ...(options.withoutLoad && {withoutLoad: options.withoutLoad}),
    ...(options.packagesDir && {packagesDir: options.packagesDir}),
    baseDir,
    command: () => `npx foulweather run ${scenario}`,
    version: '0.0.0',
    environment,
    now: () => new Date(),
    signal: options.signal ?? new AbortController().signal,
    limits: {calibrationMs: 100, ...options.limits},
    observer: {
      runStarted: (record, path) => observer?.runStarted?.(record, path),
      trialStarted: (trialId, position, count) => observer?.trialStarted?.(trialId, position, count),
      trialEvent(trialId, event) {
        events.set(trialId, [...(events.get(trialId) ?? []), event]);
        observer?.trialEvent?.(trialId, event);
        if (event.kind === 'edge') options.onEdge?.(trialId, event.edge.phase, watch);
      },
    },
  });
  return {
    ...judgedOnce(run, events),
    folder,
    seenCount: watch.seenCount,
    seenOf: command => watch.seenOf(command),
    remains: await watch.remains(),
    temporaryFiles: await readdir(join(environment['TMPDIR']!)),
  };
};
