// Where the trials of a search run: environments of their own, each with its target and its injector, so that several trials can
// run at a time. One that must not see what another left has new ones.
import {rm} from 'node:fs/promises';
import type {Plan} from '../../model/plan.ts';
import type {Conversation} from '../../model/proxy-witness.ts';
import type {RunRecord} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {RunFolder} from '../../store/run-folder.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import type {RunOptions} from '../run-options.ts';
import {startRun} from '../start-run.ts';
import {runTrial} from '../trial/run-trial.ts';
import type {TrialContext} from '../trial/trial-context.ts';
import {restartForTrial} from '../trial/trial-environment.ts';
import {TrialRecorder} from '../trial/trial-recorder.ts';
import {calmTrouble} from './verdicts.ts';

export type Tried = {
  /** Null where it did not even begin. */
  readonly trial: Trial | null;
  /** The name of its saved run. */
  readonly run: string;
  readonly conversations: readonly Conversation[];
  /** What the injector forwarded to; empty where the trial did not begin. */
  readonly targetUrl: string;
  readonly forget: () => Promise<void>;
};

export type CrewOptions = {
  readonly supervisor: Supervisor;
  readonly run: RunOptions;
  /** Of all trials, but for their phases. */
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly mostWorkers: number;
  /** There can be no more of them than so many. */
  readonly limited: (count: number, error: unknown) => void;
};

/** `isUsed`: a trial met its target; `isDoubtful`: and was not well from the beginning. */
type Worker = {
  context: TrialContext;
  readonly record: RunRecord;
  readonly base: RunFolder;
  isUsed: boolean;
  isDoubtful: boolean;
};

export type TryOptions = {
  /** Whether its conversations are wanted. */
  readonly isRecorded?: boolean;
  /** Whether the target and the injector must not have met another trial. */
  readonly isAlone?: boolean;
};

const untried: Tried = {trial: null, run: '', conversations: [], targetUrl: '', forget: async () => {}};

export class Crew {
  readonly #options: CrewOptions;
  readonly #idle: Worker[] = [];
  readonly #waiting: ((worker: Worker | null) => void)[] = [];
  #mostWorkers: number;
  #workerCount = 0;
  #tryCount = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#mostWorkers = options.mostWorkers;
  }

  /** With the next environment that is free; where one breaks, with another. @throws what breaks that one, too */
  async try(plan: Plan, label: string, options: TryOptions = {}): Promise<Tried> {
    try {
      return await this.#tryOnce(plan, label, options);
    } catch (error) {
      if (this.#options.signal.aborted || this.#tryCount === 0) throw error;
      return this.#tryOnce(plan, label, options);
    }
  }

  async #tryOnce(plan: Plan, label: string, options: TryOptions): Promise<Tried> {
    const worker = await this.#take();
    if (worker === null) return untried;
    try {
      const isOver = this.#options.signal.aborted;
      const tried = isOver ? untried : await this.#tryIn(worker, plan, label, options);
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
      return tried;
    } catch (error) {
      // Its target or its injector is gone: it is of no use to anyone who waits for it.
      this.#workerCount--;
      const next = this.#waiting.shift();
      if (next) next(await this.#take());
      throw error;
    }
  }

  /** Null once it is over. */
  async #take(): Promise<Worker | null> {
    if (this.#options.signal.aborted) return null;
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#workerCount < this.#mostWorkers) {
      this.#workerCount++;
      try {
        return await this.#start();
      } catch (error) {
        this.#workerCount--;
        if (this.#options.signal.aborted) return null;
        if (this.#workerCount === 0) throw error;
        // A target of the scenario's own may want its port for itself.
        this.#mostWorkers = this.#workerCount;
        this.#options.limited(this.#workerCount, error);
        const freed = this.#idle.pop();
        if (freed) return freed;
      }
    }
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  async #start(): Promise<Worker> {
    const {supervisor, run, plan, signal} = this.#options;
    const {context, folder, record} = await startRun(supervisor, {...run, described: plan}, signal);
    return {context: {...context, signal}, record, base: folder, isUsed: false, isDoubtful: false};
  }

  async #tryIn(
    worker: Worker,
    plan: Plan,
    label: string,
    {isRecorded = false, isAlone = false}: TryOptions,
  ): Promise<Tried> {
    if (worker.isDoubtful || (worker.isUsed && isAlone)) await this.#renew(worker);
    worker.isUsed = true;
    worker.isDoubtful = true;
    const number = ++this.#tryCount;
    const [variant] = plan.variants;
    const trialId = `${variant.name}-${number}`;
    const dataDir = this.#options.run.dataDir!;
    const {folder, id} = await RunFolder.create(dataDir, `${String(number).padStart(4, '0')}-${label}`);
    // Goals and target are the run's; the phases are the trial's.
    const own: Plan = {...worker.context.plan, phases: plan.phases};
    const record = {...worker.record, id, plan: own, trialIds: [trialId]};
    await folder.writeRecord(record);
    const files = await folder.addTrial(trialId);
    const recorder = new TrialRecorder(own, files, () => {});
    let conversations: readonly Conversation[] = [];
    const {seed, now} = this.#options.run;
    try {
      await runTrial(
        {
          ...worker.context,
          plan: own,
          runId: id,
          signal: AbortSignal.any([this.#options.signal, recorder.failed]),
        },
        {
          trialId,
          variant,
          number,
          seed,
          freshStart: null,
          files,
          recorder,
          waiting() {},
          whenIdle: async () => {},
          ...(isRecorded && {
            recorded: (known: readonly Conversation[]) => {
              conversations = known;
            },
          }),
        },
      );
    } finally {
      await recorder.close();
    }
    await folder.writeRecord({...record, status: 'complete', endedAt: now().toISOString()});
    const trial = recorder.trial();
    worker.isDoubtful = trial === null || calmTrouble(trial) !== null;
    return {
      trial,
      run: id,
      conversations,
      targetUrl: worker.context.target.url,
      forget: () => rm(folder.path, {recursive: true, force: true}),
    };
  }

  /** What one trial left in a target or an injector of foulweather's own does not affect the next. */
  async #renew(worker: Worker): Promise<void> {
    const {context, base} = worker;
    const {supervisor, run} = this.#options;
    const {plan, limits} = context;
    const {scenarioFile, seed, environment} = run;
    const renewal = {supervisor, plan, scenarioFile, seed, limits, folder: base, environment};
    worker.context = {...context, ...(await restartForTrial(context, renewal))};
  }

  /** The folders that are left have trials. */
  async finish(): Promise<void> {
    await Promise.all(this.#idle.map(({base}) => rm(base.path, {recursive: true, force: true})));
  }
}
