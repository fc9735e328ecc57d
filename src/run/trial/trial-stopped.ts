// A trial that did not come to its own end: why, and what is recorded of it.
import {messageOf} from '../../model/error-message.ts';
import type {TrialEvent} from '../../model/event.ts';
import {phasesLeft} from '../../model/fresh-start.ts';
import type {ProcessExit} from '../../model/process-witness.ts';
import {describeFrame} from '../../profiles/owner.ts';
import {codeLocationsOf} from '../hook.ts';
import {captureBlockedStack} from '../processes/blocked-stack.ts';
import type {SubjectChild} from '../processes/start-subject.ts';
import type {TrialContext} from './trial-context.ts';

/** `lingering`: it was done, but its process stayed. */
export class TrialStopped extends Error {
  override readonly name = 'TrialStopped';
  readonly why: 'exited' | 'interrupted' | 'unresponsive' | 'lingering';

  constructor(why: TrialStopped['why']) {
    super(why);
    this.why = why;
  }
}

/** Why the subject is killed after `error`. An end that is not of its own making must not look like a crash. */
export const killedForOf = (error: unknown): ProcessExit['killedFor'] => {
  if (!(error instanceof TrialStopped)) return 'interrupted';
  return error.why === 'exited' ? null : error.why;
};

export type StopOptions = {
  readonly context: TrialContext;
  readonly subject: SubjectChild;
  /** The phase in which it stopped; null before the first. */
  readonly phase: number | null;
  readonly now: () => number;
  readonly record: (event: TrialEvent) => void;
};

/** @throws `error` where that is no TrialStopped */
export const noteStop = async (error: unknown, options: StopOptions): Promise<void> => {
  const {context, phase, now, record} = options;
  if (!(error instanceof TrialStopped)) {
    record({kind: 'trouble', atMs: now(), what: 'trial', message: messageOf(error)});
    throw error;
  }
  const {why} = error;
  if (why === 'interrupted') record({kind: 'interrupted', atMs: now()});
  if (why === 'unresponsive') await noteStuck(options);
  const hasDied = why === 'exited' || why === 'unresponsive';
  if (hasDied && phase !== null && phasesLeft(context.plan.phases, phase)) {
    record({kind: 'cut', atMs: now(), phase, why: 'died'});
  }
};

const noteStuck = async ({context, subject, now, record}: StopOptions): Promise<void> => {
  const frames = await captureBlockedStack(subject, context.limits.stuckMs);
  if (frames.length === 0) return;
  const locations = codeLocationsOf(context.scenarioFile);
  record({kind: 'stuck', atMs: now(), stack: frames.map(frame => describeFrame(frame, locations))});
};
