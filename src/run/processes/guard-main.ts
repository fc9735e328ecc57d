// The guard: a small process that outlives a parent that was killed, and cleans up after it.
import {rm} from 'node:fs/promises';
import {onParentMessage, sendToParent} from '../../model/channel.ts';
import {killGroup, killTagged} from './tagged-processes.ts';

export type ToGuard =
  | {readonly kind: 'watch'; readonly pid: number; readonly mark: string}
  | {readonly kind: 'release'; readonly pid: number}
  /** A proxy on an injector that is not foulweather's own. */
  | {readonly kind: 'watch-proxy'; readonly url: string; readonly name: string}
  | {readonly kind: 'release-proxy'; readonly url: string; readonly name: string}
  /** Removed at the end, when all processes that wrote to it are gone. */
  | {readonly kind: 'watch-folder'; readonly path: string}
  /** What is still watched could not be removed: it is tried once more. */
  | {readonly kind: 'stop'};

export type FromGuard = {readonly kind: 'ready'};

/** Shorter than the supervisor waits for the guard to stop. */
const callLimitMs = 2000;

/** The marks of the children, by process id. */
const children = new Map<number, string>();
const proxies = new Set<string>();
const folders = new Set<string>();

const proxyUrl = (url: string, name: string): string => `${url}/proxies/${encodeURIComponent(name)}`;

onParentMessage((message: ToGuard) => {
  switch (message.kind) {
    case 'watch':
      children.set(message.pid, message.mark);
      break;
    case 'release':
      children.delete(message.pid);
      break;
    case 'watch-proxy':
      proxies.add(proxyUrl(message.url, message.name));
      break;
    case 'release-proxy':
      proxies.delete(proxyUrl(message.url, message.name));
      break;
    case 'watch-folder':
      folders.add(message.path);
      break;
    case 'stop':
      void leave();
      break;
  }
});

process.on('disconnect', () => void leave());

/** Removes all that is still watched. */
const leave = async (): Promise<void> => {
  for (const pid of children.keys()) killGroup(pid);
  for (const mark of children.values()) killTagged(mark);
  const removals = [...proxies].map(url =>
    fetch(url, {method: 'DELETE', signal: AbortSignal.timeout(callLimitMs)}),
  );
  // Processes that were just killed may still be writing: a folder is then not empty, and it is tried again.
  const leftovers = [...folders].map(path => rm(path, {recursive: true, force: true, maxRetries: 5}));
  await Promise.allSettled([...removals, ...leftovers]);
  process.exit(0);
};

sendToParent<FromGuard>({kind: 'ready'});
