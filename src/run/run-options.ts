// The options of a run, its events, and its result.
import type {TrialEvent} from '../model/event.ts';
import type {Plan} from '../model/plan.ts';
import type {RelayTarget} from '../model/receiver-protocol.ts';
import type {JudgedRun, PrecisionGoal, RunRecord} from '../model/run.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {Limits} from './limits.ts';
import type {TargetChoice} from './processes/start-target.ts';
import type {ShardChoice} from './rounds.ts';

/**
 * `stop`: what is wrong with one trial is wrong with the others, and is told at once · `next-trial`: the others are driven all
 * the same · `load`: as well, and where only the first operation failed there is a load.
 */
export type WithoutLoad = 'stop' | 'next-trial' | 'load';

export type RunOptions = {
  /** As the user named it. */
  readonly scenario: string;
  readonly scenarioFile: string;
  /** Null: all of them. */
  readonly variants: readonly string[] | null;
  readonly toxiproxyUrl: string | null;
  /** As the scenario says when absent. */
  readonly target?: TargetChoice;
  /** False: no SDK in the subjects, whatever the variants say. */
  readonly telemetry?: boolean;
  /** Makes another plan of the scenario's, with variants that are made of its own. */
  readonly reshape?: (plan: Plan) => Plan;
  /** The user's own backend, to which the telemetry is passed on. */
  readonly relay?: RelayTarget | null;
  readonly seed: number;
  /** Null: as the scenario says. */
  readonly trialsPerVariant: number | null;
  /** Adds trials until the ratio is known this precisely; needs a baseline and a candidate. */
  readonly precision?: PrecisionGoal;
  /** Only this part of the run is made here. */
  readonly shard?: ShardChoice;
  /** Whether subjects are profiled. */
  readonly profiles: boolean;
  /** Whether they write their heap when all has settled. */
  readonly heapSnapshot?: boolean;
  /** The user's working directory. */
  readonly baseDir: string;
  /** Where runs and packages are kept. Default: `.foulweather/` in the working directory. */
  readonly dataDir?: string;
  /** Where packages are kept, where that is another place. */
  readonly packagesDir?: string;
  /** The scenario's plan, where it is known already. */
  readonly described?: Plan;
  /** What becomes of the run where a subject does not get as far as its load. Default: `next-trial`. */
  readonly withoutLoad?: WithoutLoad;
  /** The command that repeats the run of this plan. */
  readonly command: (plan: Plan) => string;
  /** Of this package. */
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Aborted with an internal error of foulweather: the run breaks off, and is saved. */
  readonly defect?: AbortSignal;
  readonly observer: RunObserver;
  readonly limits?: Partial<Limits>;
};

/** Called for each event, as it happens. */
export type RunObserver = {
  /** Something takes its time before the run can begin. */
  readonly preparing?: (what: string) => void;
  readonly runStarted: (record: RunRecord, folder: string) => void;
  readonly trialStarted: (trialId: string, position: number, count: number) => void;
  readonly trialEvent: (trialId: string, event: TrialEvent) => void;
  /** What a trial is waiting for, if that takes long. */
  readonly waiting?: (what: string) => void;
};

export type FinishedRun = {readonly run: JudgedRun; readonly folder: RunFolder};
