// A run from its first process to its verdict: describe, start, try, save, judge.
import {messageOf, stackOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {TrialEvent} from '../model/event.ts';
import {phasesLeft, withPhases} from '../model/fresh-start.ts';
import {nonEmpty} from '../model/non-empty.ts';
import type {Plan, Variant} from '../model/plan.ts';
import type {RelayTarget} from '../model/receiver-protocol.ts';
import type {JudgedRun, PrecisionGoal, RunRecord} from '../model/run.ts';
import type {Trial} from '../model/trial.ts';
import {didYouMean} from '../scenarios/suggestions.ts';
import {Journal} from '../store/journal.ts';
import {RunFolder, type TrialFiles} from '../store/run-folder.ts';
import {describeScenario} from './describe.ts';
import {describeEnvironment} from './environment.ts';
import {interruptedEarly, unlessAborted} from './interruption.ts';
import {judgeRun} from './judge/judge.ts';
import {judgeWholeRun} from './judge/whole-run.ts';
import {defaultLimits, type Limits} from './limits.ts';
import {installPackages} from './packages.ts';
import {firstTrials, precisionEnd} from './precision.ts';
import {withExtraCaCerts} from './processes/extra-ca-certs.ts';
import {startInjector} from './processes/start-injector.ts';
import {startReceiver} from './processes/start-receiver.ts';
import {refuseTargetless, startTarget, type TargetChoice, withTarget} from './processes/start-target.ts';
import {Supervisor} from './processes/supervisor.ts';
import {Calibrator, calibrationId} from './trial/calibrate.ts';
import {TrialFold} from './trial/fold.ts';
import {gatherProfiles} from './trial/gather-profiles.ts';
import {type GoesOn, runTrial, type TrialContext} from './trial/run-trial.ts';
import {restartForTrial} from './trial/trial-environment.ts';
import {withTraces} from './trial/whole-traces.ts';

export type RunOptions = {
  /** As the user named it. */
  readonly scenario: string;
  readonly scenarioFile: string;
  /** Null: all of them. */
  readonly variants: readonly string[] | null;
  readonly toxiproxyUrl: string | null;
  /** What the scenario says when absent. */
  readonly target?: TargetChoice;
  /** False: no SDK in the subjects, whatever the variants say. */
  readonly telemetry?: boolean;
  /** Makes another plan of the scenario's, with variants that are made of its own. */
  readonly reshape?: (plan: Plan) => Plan;
  /** The user's own backend, to which the telemetry is passed on. */
  readonly relay?: RelayTarget | null;
  readonly seed: number;
  /** Null: what the scenario says. */
  readonly trialsPerVariant: number | null;
  /** Adds trials until the ratio is known so well; needs a baseline and a candidate. */
  readonly precision?: PrecisionGoal;
  /** Whether subjects are profiled. */
  readonly profiles: boolean;
  /** Whether they write their heap when all has settled. */
  readonly heapSnapshot?: boolean;
  /** Where `.foulweather/` lies. */
  readonly baseDir: string;
  /** What repeats the run of this plan. */
  readonly command: (plan: Plan) => string;
  /** Of this package. */
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Aborted with an error of foulweather's own that nobody awaited: the run breaks off, and is saved. */
  readonly defect?: AbortSignal;
  readonly observer: RunObserver;
  readonly limits?: Partial<Limits>;
};

/** Told what happens, as it happens. */
export type RunObserver = {
  /** Something takes its time before the run can begin. */
  readonly preparing?: (what: string) => void;
  readonly runStarted: (record: RunRecord, folder: string) => void;
  readonly trialStarted: (trialId: string, position: number, count: number) => void;
  readonly trialEvent: (trialId: string, event: TrialEvent) => void;
  /** What a trial waits for, where that takes long. */
  readonly waiting?: (what: string) => void;
};

export type FinishedRun = {readonly run: JudgedRun; readonly folder: RunFolder};

type PlannedTrial = {readonly variant: Variant; readonly number: number; readonly trialId: string};

/**
 * @throws FoulweatherError before there is anything to save; from then on the run is saved, whatever happens, and
 * the only one is FW_RUN_BROKEN
 */
export const runScenario = async (options: RunOptions): Promise<FinishedRun> => {
  const {scenarioFile, seed, toxiproxyUrl, defect = noDefect} = options;
  const signal = AbortSignal.any([options.signal, defect]);
  const limits = {...defaultLimits, ...options.limits};
  const supervisor = Supervisor.start(options.environment);
  try {
    // It asks nothing of the plan, and loads while the scenario does.
    const receiving = startReceiver(supervisor, limits.startMs);
    receiving.catch(() => {});
    const describing = describeEnvironment(options.version, options.baseDir);
    const described = await describeScenario(supervisor, scenarioFile, {limitMs: limits.describeMs, signal});
    const chosen = choose(described, options.variants);
    const asked = options.telemetry === false ? withoutTelemetry(chosen) : chosen;
    const wanted = options.reshape?.(asked) ?? asked;
    const {target: choice = asTheScenarioSays} = options;
    refuseTargetless(wanted, choice);
    const plan = withTarget(wanted, choice);
    if (options.precision) refuseOneVariant(plan);
    const {baseDir, environment} = options;
    const packages = await installPackages(plan, {
      scenarioFile,
      baseDir,
      environment,
      signal,
      observer: options.observer,
    });
    const [target, injector, receiver] = await unlessAborted(
      signal,
      Promise.all([
        startTarget(supervisor, wanted, scenarioFile, choice, limits),
        startInjector(supervisor, plan, seed, toxiproxyUrl, limits.startMs),
        receiving,
        supervisor.guarded,
      ]),
      interruptedEarly,
    );
    const startedAt = options.now();
    const {folder, id} = await RunFolder.create(options.baseDir, runId(startedAt, plan.name));
    const context: TrialContext = {
      supervisor,
      runId: id,
      plan,
      scenarioFile,
      target,
      injector,
      receiver,
      packages,
      environment: await withExtraCaCerts(options.environment, {plan, target, injector, folder}),
      signal,
      limits,
      profiles: options.profiles,
      heapSnapshot: options.heapSnapshot ?? false,
    };
    if (options.relay) receiver.child.send({kind: 'relay', target: options.relay});
    const record: RunRecord = {
      schemaVersion: 1,
      id,
      scenario: options.scenario,
      plan,
      seed,
      trialsPerVariant: firstTrials(options.trialsPerVariant ?? trialsOf(plan), options.precision ?? null),
      ...(options.precision && {precision: {...options.precision, end: null}}),
      command: options.command(plan),
      startedAt: startedAt.toISOString(),
      status: 'running',
      endedAt: null,
      environment: {
        ...(await describing),
        injector: injector.version,
        ...(target.description !== null && {target: target.description}),
      },
      calibration: null,
      trialIds: [],
    };
    return await new RunInProgress(options, context, folder, record).finish();
  } catch (error) {
    // What is thrown because the signal was aborted is not the reason.
    throw defect.aborted && !isToldAsDefect(error) ? defectOf(defect.reason, nothingSaved) : error;
  } finally {
    await supervisor.stop();
  }
};

/** Several trials tell a ratio: one variant alone has none. */
const trialsOf = ({trials = 1, variants}: Plan): number => (variants.length > 1 ? trials : 1);

const asTheScenarioSays: TargetChoice = {targetUrl: null, startServices: false};

/** Sorts by time, and says what it is of. */
const runId = (startedAt: Date, scenario: string): string =>
  `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}-${scenario}`;

const choose = (plan: Plan, names: readonly string[] | null): Plan => {
  if (names === null) return plan;
  const known = plan.variants.map(variant => variant.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new FoulweatherError(
      'FW_UNKNOWN_VARIANT',
      `The scenario ${plan.name} has no variant «${name}».`,
      didYouMean(name, known),
    );
  }
  const chosen = plan.variants.filter(variant => names.includes(variant.name));
  return {...plan, variants: nonEmpty(chosen, 'variants')};
};

const refuseOneVariant = ({name, variants}: Plan): void => {
  if (variants.length > 1) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `--until-precise compares two variants, and of ${name} only ${variants[0].name} is driven.`,
    'Add a variant to the scenario, choose two with --variant, or leave --until-precise away.',
  );
};

/** What the user's backend has not taken by then is dropped. */
const relayLimitMs = 3000;

const withoutTelemetry = (plan: Plan): Plan => ({
  ...plan,
  variants: nonEmpty(
    plan.variants.map((variant): Variant => ({...variant, process: {...variant.process, telemetry: 'off'}})),
    'variants',
  ),
});

/** A B, B A, A B …: what drifts over time hits all variants alike. Rounds count from 1. */
export const roundOf = (variants: readonly Variant[], number: number): PlannedTrial[] =>
  (number % 2 === 1 ? variants : variants.toReversed()).map(variant => ({
    variant,
    number,
    trialId: `${variant.name}-${number}`,
  }));

const noDefect = new AbortController().signal;

const nothingSaved = 'There is no run to save yet.';

const isToldAsDefect = (error: unknown): boolean =>
  error instanceof FoulweatherError && error.code === 'FW_INTERNAL';

const stackKept = 12;

/** An error of foulweather's own. */
const defectOf = (error: unknown, whereSaved: string): FoulweatherError => {
  const [first = '', ...lines] = stackOf(error).split('\n');
  return new FoulweatherError(
    'FW_INTERNAL',
    `foulweather itself failed: ${first}`,
    `This is a bug in foulweather, not in the scenario or its library. ${whereSaved}`,
    {cause: error, details: lines.map(line => line.trim()).slice(0, stackKept)},
  );
};

/** A full disk, or too many open files: nothing that a stack trace would explain. */
const isOfTheSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;

/** What functions of the scenario fail with. */
const ofTheScenario: readonly string[] = ['FW_SCENARIO_FAILED', 'FW_TARGET_START'];

class RunInProgress {
  readonly #options: RunOptions;
  #context: TrialContext;
  readonly #folder: RunFolder;
  readonly #trials: Trial[] = [];
  #record: RunRecord;
  /** Null when it has measured. */
  #calibrator: Calibrator | null = null;

  constructor(options: RunOptions, context: TrialContext, folder: RunFolder, record: RunRecord) {
    this.#options = options;
    this.#context = context;
    this.#folder = folder;
    this.#record = record;
  }

  async finish(): Promise<FinishedRun> {
    const {defect = noDefect} = this.#options;
    try {
      await this.#save({});
      this.#options.observer.runStarted(this.#record, this.#folder.path);
      this.#calibrator = new Calibrator(this.#context, await this.#folder.addTrial(calibrationId));
      // What prepare() leaves running must not be measured along.
      if (this.#context.plan.prepares) await this.#calibrate();
      for (let number = 1; number <= this.#record.trialsPerVariant; number++) {
        await this.#round(number);
        if (this.#context.signal.aborted) break;
        if (number === this.#record.trialsPerVariant) await this.#addRound();
      }
      await this.#calibrate();
      defect.throwIfAborted();
      await this.#endRelay();
      const status = this.#options.signal.aborted ? 'interrupted' : 'complete';
      await this.#save({status, endedAt: this.#options.now().toISOString()});
    } catch (error) {
      await this.#saveFailed();
      throw this.#broken(defect.aborted ? defect.reason : error);
    } finally {
      await this.#calibrator?.end();
    }
    try {
      // All is saved: the other processes end meanwhile.
      const [, finished] = await Promise.all([this.#context.supervisor.stop(), this.#judge()]);
      return finished;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /** Once: while the first trial's subject has loaded and waits, or after the trials where none has come so far. */
  async #calibrate(): Promise<void> {
    const calibrator = this.#calibrator;
    this.#calibrator = null;
    if (calibrator) await this.#save({calibration: await calibrator.measure()});
  }

  async #judge(): Promise<FinishedRun> {
    const variants = this.#context.plan.variants.map(variant => variant.name);
    const judgement = judgeWholeRun(this.#record, judgeRun(this.#trials, variants, this.#record.calibration));
    const run = await withTraces({record: this.#record, trials: this.#trials, judgement}, this.#folder);
    return {run, folder: this.#folder};
  }

  /** What was passed on to the user's backend is told, and never waited for long. */
  async #endRelay(): Promise<void> {
    const {relay} = this.#options;
    if (!relay) return;
    const {child} = this.#context.receiver;
    const {id, startedAt} = this.#record;
    child.send({kind: 'end-relay', run: id, startEpochMs: Date.parse(startedAt), limitMs: relayLimitMs});
    const {counts} = await child.next(['relayed'], 2 * relayLimitMs);
    await this.#save({relayed: {endpoint: new URL(relay.endpoint).origin, ...counts}});
  }

  async #round(number: number): Promise<void> {
    const {variants} = this.#context.plan;
    for (const [position, trial] of roundOf(variants, number).entries()) {
      if (this.#context.signal.aborted) return;
      const count = this.#record.trialsPerVariant * variants.length;
      const made = (number - 1) * variants.length + position;
      this.#options.observer.trialStarted(trial.trialId, made + 1, count);
      await this.#tryAll({...trial, position: made + 1});
    }
  }

  /** With a fresh subject for what is left, as often as one does not get beyond a fault. */
  async #tryAll(planned: PlannedTrial & {readonly position: number}): Promise<void> {
    const {plan} = this.#context;
    let trialId = planned.trialId;
    let phases: readonly number[] = [...plan.phases.keys()];
    let goesOn: GoesOn | null = null;
    for (let part = 2; ; part++) {
      const trial = await this.#try({...planned, trialId}, goesOn);
      if (!trial || trial.cut === null || this.#options.signal.aborted) return;
      const last = phases[trial.plan.phases.length - 1];
      const left: readonly number[] | null = last === undefined ? null : phasesLeft(plan.phases, last);
      if (left === null) return;
      phases = left;
      goesOn = {continues: planned.trialId, phases};
      trialId = `${planned.trialId}-part${part}`;
      const count = this.#record.trialsPerVariant * plan.variants.length;
      this.#options.observer.trialStarted(trialId, planned.position, count);
    }
  }

  /** One more of each variant, where a precision was asked for and is not reached. */
  async #addRound(): Promise<void> {
    const {precision, trialsPerVariant} = this.#record;
    if (!precision) return;
    const end = precisionEnd(precision, this.#context.plan, this.#trials, this.#record);
    if (end) await this.#save({precision: {...precision, end}});
    else await this.#save({trialsPerVariant: trialsPerVariant + 1});
  }

  /** Where the disk is full this may fail as well; the first error is the one to tell. */
  async #saveFailed(): Promise<void> {
    try {
      await this.#save({status: 'failed', endedAt: this.#options.now().toISOString()});
    } catch {
      await this.#folder.markFailed().catch(() => {});
    }
  }

  /** An error of the user's keeps its code: only what failed on our side is a broken run. */
  #broken(error: unknown): FoulweatherError {
    const saved = `The run so far is saved: foulweather report ${this.#record.id}`;
    if (!(error instanceof FoulweatherError || isOfTheSystem(error))) {
      return defectOf(
        error,
        `${saved} (in .foulweather/runs/${this.#record.id}; that folder helps to find the bug)`,
      );
    }
    const isTheirs = error instanceof FoulweatherError && ofTheScenario.includes(error.code);
    return new FoulweatherError(
      isTheirs ? error.code : 'FW_RUN_BROKEN',
      `The run broke off: ${error.message}`,
      isTheirs ? `${error.hint} ${saved}` : saved,
      {cause: error, details: error instanceof FoulweatherError ? error.details : []},
    );
  }

  async #try({variant, number, trialId}: PlannedTrial, goesOn: GoesOn | null): Promise<Trial | null> {
    await this.#renew();
    const files = await this.#folder.addTrial(trialId);
    const journal = new Journal(files.journalFile);
    await this.#save({trialIds: [...this.#record.trialIds, trialId]});
    const fold = new TrialFold(this.#context.plan);
    const record = (event: TrialEvent): void => {
      journal.add(event);
      fold.add(event);
      this.#options.observer.trialEvent(trialId, event);
    };
    // The trials of one round share their seed, so that the pair differs in the variant alone.
    const seed = this.#options.seed + number - 1;
    try {
      const signal = AbortSignal.any([this.#context.signal, journal.failed]);
      const soFar = (): Trial | null => fold.trial();
      const plan = goesOn === null ? this.#context.plan : withPhases(this.#context.plan, goesOn.phases);
      const waiting = (what: string): void => this.#options.observer.waiting?.(what);
      const whenLoaded = (): Promise<void> => this.#calibrate();
      const request = {trialId, variant, number, seed, goesOn, files, record, soFar, waiting, whenLoaded};
      await runTrial({...this.#context, plan, signal}, request);
    } finally {
      await this.#gatherProfiles(fold, files, record);
      await journal.close();
      const trial = fold.trial();
      if (trial) this.#trials.push(trial);
    }
    return fold.trial();
  }

  /** The first trial has what the run began with. */
  async #renew(): Promise<void> {
    if (this.#record.trialIds.length === 0) return;
    const {scenarioFile, environment, seed} = this.#options;
    const {supervisor, plan, limits} = this.#context;
    const folder = this.#folder;
    const renewal = {supervisor, plan, scenarioFile, seed, limits, folder, environment};
    this.#context = {...this.#context, ...(await restartForTrial(this.#context, renewal))};
  }

  /** That a profile cannot be read is told, and no reason to lose the trial. */
  async #gatherProfiles(
    fold: TrialFold,
    {profilesFolder}: TrialFiles,
    record: (event: TrialEvent) => void,
  ): Promise<void> {
    const trial = fold.trial();
    if (!trial || !this.#context.profiles) return;
    try {
      const profiles = await gatherProfiles(trial, profilesFolder, this.#context.scenarioFile);
      record({kind: 'profiles', profiles});
    } catch (error) {
      record({kind: 'trouble', atMs: trial.exit?.atMs ?? 0, what: 'profiles', message: messageOf(error)});
    }
  }

  async #save(change: Partial<RunRecord>): Promise<void> {
    this.#record = {...this.#record, ...change};
    await this.#folder.writeRecord(this.#record);
  }
}
