// Asks verify() of the scenario, in a process of its own, what the real server has after a trial.
import type {TrialEvent} from '../../model/event.ts';
import type {FromVerifier, VerifyTask} from '../../subject/protocol.ts';
import {type Hook, hookThrew, hookUnanswered} from '../hook.ts';
import {entries} from '../processes/entries.ts';
import type {Supervisor} from '../processes/supervisor.ts';

export type VerifyOptions = Omit<VerifyTask, 'outcomes'> & {
  readonly supervisor: Supervisor;
  /** Outcome codes by operation index. */
  readonly outcomes: Uint8Array;
  readonly limitMs: number;
  /** Called with the number of messages from it that are not foulweather's. */
  readonly foreign: (count: number) => void;
};

/** @throws FoulweatherError FW_SCENARIO_FAILED where verify() fails or does not answer in time */
export const verifyTrial = async (options: VerifyOptions): Promise<TrialEvent> => {
  const {supervisor, outcomes, limitMs, foreign, ...task} = options;
  const hook: Hook = {
    name: 'verify()',
    scenarioFile: task.scenarioFile,
    code: 'FW_SCENARIO_FAILED',
    hint: 'Fix verify() in the scenario: without it, the final state of the server is unknown.',
  };
  const child = supervisor.spawn<VerifyTask, FromVerifier>({label: 'verify()', file: entries.verify});
  try {
    child.send({...task, outcomes: Buffer.from(outcomes).toString('base64')});
    const answer = await child.next(['verified', 'failed'], limitMs).catch(async () => {
      throw await hookUnanswered(hook, child, limitMs);
    });
    if (answer.kind === 'failed') throw hookThrew(hook, answer.error);
    return answer;
  } finally {
    foreign(child.foreignMessageCount);
    child.kill();
  }
};
