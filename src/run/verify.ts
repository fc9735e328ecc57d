// Asks verify() of the scenario, in a process of its own, what the real server has after a trial.
import type {TrialEvent} from '../model/event.ts';
import type {FromVerifier, VerifyTask} from '../subject/protocol.ts';
import {entries} from './entries.ts';
import type {Household} from './household.ts';

export type VerifyOptions = Omit<VerifyTask, 'outcomes'> & {
  readonly household: Household;
  /** Outcome codes by operation index. */
  readonly outcomes: Uint8Array;
  readonly limitMs: number;
};

/** @throws Error where verify() fails or does not answer in time */
export const verifyTrial = async (options: VerifyOptions): Promise<TrialEvent> => {
  const {household, outcomes, limitMs, ...task} = options;
  const child = household.spawn<VerifyTask, FromVerifier>({label: 'verify()', file: entries.verify});
  try {
    child.send({...task, outcomes: Buffer.from(outcomes).toString('base64')});
    const answer = await child.next(['verified', 'failed'], limitMs);
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer;
  } finally {
    child.kill();
  }
};
