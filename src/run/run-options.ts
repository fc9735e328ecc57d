// What a run is asked for, whom it tells what happens, and what comes of it.
import type {TrialEvent} from '../model/event.ts';
import type {Plan} from '../model/plan.ts';
import type {RelayTarget} from '../model/receiver-protocol.ts';
import type {JudgedRun, PrecisionGoal, RunRecord} from '../model/run.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {Limits} from './limits.ts';
import type {TargetChoice} from './processes/start-target.ts';

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
  /** Where the user is. */
  readonly baseDir: string;
  /** Where runs and packages are kept; `.foulweather/` beside the user when absent. */
  readonly dataDir?: string;
  /** What the scenario says, where that has been asked already. */
  readonly described?: Plan;
  /** What becomes of the run where a subject does not come as far as its load; `next-trial` when absent. */
  readonly withoutLoad?: WithoutLoad;
  /** What repeats the run of this plan. */
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
