// A run that has started: round after round of trials, each saved as it goes, until all is saved and can be judged.
import {phasesLeft, withPhases} from '../model/fresh-start.ts';
import {type RunRecord, roundsOf} from '../model/run.ts';
import type {Trial} from '../model/trial.ts';
import type {RunFolder} from '../store/run-folder.ts';
import {precisionEnd} from './precision.ts';
import {endRelay} from './processes/start-receiver.ts';
import {judgedRun} from './reopen.ts';
import {type PlannedTrial, roundOf} from './rounds.ts';
import {noDefect, savedFailure} from './run-failure.ts';
import type {FinishedRun, RunOptions} from './run-options.ts';
import type {StartedRun} from './start-run.ts';
import {Calibrator, calibrationId} from './trial/calibrate.ts';
import {profilesOf} from './trial/gather-profiles.ts';
import {runTrial} from './trial/run-trial.ts';
import type {FreshStart, TrialContext} from './trial/trial-context.ts';
import {restartForTrial} from './trial/trial-environment.ts';
import {TrialRecorder} from './trial/trial-recorder.ts';

export class RunInProgress {
  readonly #options: RunOptions;
  #context: TrialContext;
  readonly #folder: RunFolder;
  readonly #trials: Trial[] = [];
  #record: RunRecord;
  /** Whether a subject was not opened, failed its first operation, or ended before its load. */
  #hadNoLoad = false;
  /** Null when it has measured. */
  #calibrator: Calibrator | null = null;

  constructor(options: RunOptions, {context, folder, record}: StartedRun) {
    this.#options = options;
    this.#context = context;
    this.#folder = folder;
    this.#record = record;
  }

  /** @throws FoulweatherError once all that there is has been saved */
  async finish(): Promise<FinishedRun> {
    const {defect = noDefect} = this.#options;
    try {
      await this.#save({});
      this.#options.observer.runStarted(this.#record, this.#folder.path);
      await this.#runAllTrials();
      defect.throwIfAborted();
      await this.#endRelay();
      const status = this.#options.signal.aborted ? 'interrupted' : 'complete';
      await this.#save({status, endedAt: this.#options.now().toISOString()});
    } catch (error) {
      await this.#saveFailed();
      throw savedFailure(defect.aborted ? defect.reason : error, this.#record.id);
    } finally {
      await this.#calibrator?.end();
    }
    try {
      // All is saved: the other processes are stopped meanwhile.
      const [, run] = await Promise.all([
        this.#context.supervisor.stop(),
        judgedRun(this.#record, this.#trials, this.#folder),
      ]);
      return {run, folder: this.#folder};
    } catch (error) {
      throw savedFailure(error, this.#record.id);
    }
  }

  async #runAllTrials(): Promise<void> {
    this.#calibrator = new Calibrator(this.#context, await this.#folder.addTrial(calibrationId));
    // What prepare() leaves running must not be measured.
    if (this.#context.plan.prepares) await this.#calibrate();
    const dealt = this.#record.shard?.rounds;
    for (let number = 1; number <= this.#record.trialsPerVariant; number++) {
      if (dealt?.includes(number) === false) continue;
      await this.#runRound(number);
      if (this.#isOver()) break;
      if (number === this.#record.trialsPerVariant) await this.#addRound();
    }
    if (!this.#isOver()) await this.#calibrate();
  }

  #isOver(): boolean {
    return this.#context.signal.aborted || (this.#hadNoLoad && this.#options.withoutLoad === 'stop');
  }

  /** Once: while the first trial's subject waits for its load, or after the trials if none has got that far. */
  async #calibrate(): Promise<void> {
    const calibrator = this.#calibrator;
    this.#calibrator = null;
    if (calibrator) await this.#save({calibration: await calibrator.measure()});
  }

  async #runRound(number: number): Promise<void> {
    for (const planned of roundOf(this.#context.plan.variants, number)) {
      if (this.#isOver()) return;
      await this.#runParts(planned);
    }
  }

  /** With a fresh subject for the rest, as often as one does not get beyond a fault. */
  async #runParts(planned: PlannedTrial): Promise<void> {
    const {plan} = this.#context;
    let trialId = planned.trialId;
    let phases: readonly number[] = [...plan.phases.keys()];
    let freshStart: FreshStart | null = null;
    for (let part = 2; ; part++) {
      this.#tellStart(trialId, planned);
      const trial = await this.#runOne({...planned, trialId}, freshStart);
      if (trial && freshStart === null && trial.edges.length === 0) this.#hadNoLoad = true;
      if (!trial || trial.cut === null || this.#options.signal.aborted) return;
      const last = phases[trial.plan.phases.length - 1];
      const left: readonly number[] | null = last === undefined ? null : phasesLeft(plan.phases, last);
      if (left === null) return;
      phases = left;
      freshStart = {continues: planned.trialId, phases};
      trialId = `${planned.trialId}-part${part}`;
    }
  }

  /** With a precision to reach the count grows. A shard counts its own trials only. */
  #tellStart(trialId: string, {position}: PlannedTrial): void {
    const {length: perRound} = this.#context.plan.variants;
    const rounds = roundsOf(this.#record);
    const before = ((rounds[0] ?? 1) - 1) * perRound;
    this.#options.observer.trialStarted(trialId, position - before, rounds.length * perRound);
  }

  async #runOne(
    {trialId, variant, number}: PlannedTrial,
    freshStart: FreshStart | null,
  ): Promise<Trial | null> {
    await this.#renew();
    const {plan, profiles, scenarioFile} = this.#context;
    const files = await this.#folder.addTrial(trialId);
    const recorder = new TrialRecorder(plan, files, event =>
      this.#options.observer.trialEvent(trialId, event),
    );
    await this.#save({trialIds: [...this.#record.trialIds, trialId]});
    try {
      const context = {
        ...this.#context,
        plan: freshStart === null ? plan : withPhases(plan, freshStart.phases),
        signal: AbortSignal.any([this.#context.signal, recorder.failed]),
      };
      await runTrial(context, {
        trialId,
        variant,
        number,
        // The trials of one round share their seed, so that the pair differs in the variant alone.
        seed: this.#options.seed + number - 1,
        freshStart,
        files,
        recorder,
        waiting: what => this.#options.observer.waiting?.(what),
        whenIdle: () => this.#calibrate(),
      });
    } finally {
      const soFar = recorder.trial();
      if (soFar && profiles) recorder.record(await profilesOf(soFar, files.profilesFolder, scenarioFile));
      await recorder.close();
      const trial = recorder.trial();
      if (trial) this.#trials.push(trial);
    }
    return recorder.trial();
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

  /** One more of each variant, where a precision was asked for and is not reached. */
  async #addRound(): Promise<void> {
    const {precision, trialsPerVariant} = this.#record;
    if (!precision) return;
    const end = precisionEnd(precision, this.#context.plan, this.#trials, this.#record);
    if (end) await this.#save({precision: {...precision, end}});
    else await this.#save({trialsPerVariant: trialsPerVariant + 1});
  }

  async #endRelay(): Promise<void> {
    const {relay} = this.#options;
    if (relay) await this.#save({relayed: await endRelay(this.#context.receiver, relay, this.#record)});
  }

  async #save(change: Partial<RunRecord>): Promise<void> {
    this.#record = {...this.#record, ...change};
    await this.#folder.writeRecord(this.#record);
  }

  /** Where the disk is full this may fail as well; the first error is the one to report. */
  async #saveFailed(): Promise<void> {
    try {
      await this.#save({status: 'failed', endedAt: this.#options.now().toISOString()});
    } catch {
      await this.#folder.markFailed().catch(() => {});
    }
  }
}
