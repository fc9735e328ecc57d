// Sockets, servers and timers of this thread: what a server that is gone must not leave behind.
import {setImmediate as turn} from 'node:timers/promises';

const kinds = [
  'MessagePort',
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'TLSWrap',
  'Timeout',
  'Immediate',
];

const held = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter(kind => kinds.includes(kind))
    .sort();

/** What is held before a test, once what others left for the next turns is gone. */
export const heldBefore = async (): Promise<readonly string[]> => {
  for (let turns = 0; turns < 5000 && held().includes('Immediate'); turns++) await turn();
  return held();
};

/** What is held once there is no more than `before`. Closed handles leave in the turns that follow; a leak stays beyond all. */
export const heldOnly = async (before: readonly string[]): Promise<readonly string[]> => {
  for (let turns = 0; turns < 5000 && held().length > before.length; turns++) await turn();
  return held();
};
