// The parent's end of a child's channel, for tests that start an entry by themselves.
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {sealed, unsealed} from '../../src/model/channel.ts';

/** The next message, which must be ours. */
export const messageOf = async <Message>(child: ChildProcess): Promise<Message> => {
  const [received] = await once(child, 'message');
  const message = unsealed<Message>(received);
  if (message === null) throw new Error(`a foreign message: ${JSON.stringify(received)}`);
  return message;
};

export const tellChild = <Message>(child: ChildProcess, message: Message): void => {
  child.send(sealed(message));
};
