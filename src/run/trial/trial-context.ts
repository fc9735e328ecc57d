// What a trial is given: by the run, and for itself.
import type {Plan, Variant} from '../../model/plan.ts';
import type {Conversation} from '../../model/proxy-witness.ts';
import type {TrialFiles} from '../../store/run-folder.ts';
import type {Limits} from '../limits.ts';
import type {SubjectTrust} from '../processes/extra-ca-certs.ts';
import type {RunningInjector} from '../processes/start-injector.ts';
import type {Receiver} from '../processes/start-receiver.ts';
import type {Target} from '../processes/start-target.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import type {ProgramCommands} from '../requirements.ts';
import type {TrialRecorder} from './trial-recorder.ts';

export type TrialContext = SubjectTrust & {
  readonly supervisor: Supervisor;
  readonly runId: string;
  readonly plan: Plan;
  readonly scenarioFile: string;
  readonly target: Target;
  readonly injector: RunningInjector;
  readonly receiver: Receiver;
  /** Folders of the packages of variants that have their own. */
  readonly packages: ReadonlyMap<string, string>;
  /** What starts the program of a variant with what it requires; where there is none, its plan's own command does. */
  readonly programCommands: ProgramCommands;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** Whether subjects are profiled. */
  readonly profiles: boolean;
  /** Whether they write their heap when all has settled. */
  readonly heapSnapshot: boolean;
  /** Whether there is a load even where the operation that is tried before it fails. */
  readonly keepGoing: boolean;
};

/** Of a fresh subject that goes on where another did not. */
export type FreshStart = {
  /** The trial of the first subject. */
  readonly continues: string;
  /** The run's phases that are left. */
  readonly phases: readonly number[];
};

export type TrialRequest = {
  readonly trialId: string;
  readonly variant: Variant;
  readonly number: number;
  readonly seed: number;
  readonly freshStart: FreshStart | null;
  readonly files: TrialFiles;
  readonly recorder: Pick<TrialRecorder, 'record' | 'trial'>;
  /** Called with what the trial is waiting for, if that takes long. */
  readonly waiting: (what: string) => void;
  /** Waited for before the load, while the subject is idle. */
  readonly whenIdle: () => Promise<void>;
  /** Gets the conversations of the whole trial, where they are wanted. */
  readonly recorded?: (conversations: readonly Conversation[]) => void;
};
