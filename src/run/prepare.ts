// Has prepare() of the scenario bring the real server into the state that a trial begins with, in a process of its own.
import {FoulweatherError} from '../model/errors.ts';
import type {FromPreparer, PrepareTask} from '../subject/protocol.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
import type {Household} from './household.ts';

export type Preparer = Child<PrepareTask, FromPreparer>;

/**
 * The process, which goes on until it is killed: it may feed the server.
 * @throws FoulweatherError FW_TARGET_START
 */
export const prepareTrial = async (
  household: Household,
  task: PrepareTask,
  limitMs: number,
): Promise<Preparer> => {
  const child = household.spawn<PrepareTask, FromPreparer>({label: 'prepare()', file: entries.prepare});
  child.send(task);
  const answer = await child.next(['prepared', 'failed'], limitMs);
  if (answer.kind === 'prepared') return child;
  throw new FoulweatherError(
    'FW_TARGET_START',
    `The scenario's prepare() failed: ${answer.message}`,
    'It gets the address of the server itself, past the injector: see that it may do there what it does.',
  );
};
