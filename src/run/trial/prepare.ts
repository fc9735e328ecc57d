// Runs prepare() of the scenario in a process of its own, to bring the real server into the state that a trial begins
// with.
import type {FromPreparer, PrepareTask} from '../../subject/protocol.ts';
import {type Hook, hookThrew, hookUnanswered} from '../hook.ts';
import type {Child} from '../processes/child.ts';
import {entries} from '../processes/entries.ts';
import type {Supervisor} from '../processes/supervisor.ts';

export type Preparer = Child<PrepareTask, FromPreparer>;

/**
 * The process, which goes on until it is killed: it may feed the server.
 * @throws FoulweatherError FW_SCENARIO_FAILED
 */
export const prepareTrial = async (
  supervisor: Supervisor,
  task: PrepareTask,
  limitMs: number,
): Promise<Preparer> => {
  const hook: Hook = {
    name: 'prepare()',
    scenarioFile: task.scenarioFile,
    code: 'FW_SCENARIO_FAILED',
    hint: 'Fix prepare() in the scenario. It connects directly to the server, not through the injector: check that it has the permissions it needs.',
  };
  const child = supervisor.spawn<PrepareTask, FromPreparer>({label: 'prepare()', file: entries.prepare});
  child.send(task);
  const answer = await child.next(['prepared', 'failed'], limitMs).catch(async () => {
    throw await hookUnanswered(hook, child, limitMs);
  });
  if (answer.kind === 'failed') throw hookThrew(hook, answer.error);
  return child;
};
