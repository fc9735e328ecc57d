// The injector as a child process, so that it has an event loop of its own. Its one argument is JSON: InjectorOptions, and the parent's zeroEpochMs.
// It sends {kind: 'listening', url} or {kind: 'failed', message}, answers {kind: 'health'}, and ends on {kind: 'stop'} or when its parent is gone.

import {onParentMessage, sendToParent} from '../../model/channel.ts';
import {shareEpoch} from '../../model/clock.ts';
import {messageOf} from '../../model/error-message.ts';
import {type FromHealth, HealthWatch, type ToHealth} from '../../model/process-health.ts';
import {type InjectorOptions, startInjector} from './injector.ts';

/** The messages to the parent. */
export type InjectorMessage =
  | {readonly kind: 'listening'; readonly url: string}
  | {readonly kind: 'failed'; readonly message: string}
  | FromHealth;

type ToInjector = {readonly kind: 'stop'} | ToHealth;

const send = (message: InjectorMessage) => new Promise<void>(resolve => sendToParent(message, resolve));

const readOptions = (text: string): InjectorOptions => {
  const given: Partial<Record<keyof InjectorOptions | 'zeroEpochMs', unknown>> = JSON.parse(text);
  const {
    host = '127.0.0.1',
    port = 0,
    seed = 1,
    metrics = false,
    nft = null,
    names = false,
    zeroEpochMs,
  } = given;
  if (typeof host !== 'string') throw new TypeError('host must be a string');
  if (typeof port !== 'number') throw new TypeError('port must be a number');
  if (typeof seed !== 'number') throw new TypeError('seed must be a number');
  if (typeof metrics !== 'boolean') throw new TypeError('metrics must be a boolean');
  if (nft !== null && typeof nft !== 'string') throw new TypeError('nft must be a string');
  if (typeof names !== 'boolean') throw new TypeError('names must be a boolean');
  if (typeof zeroEpochMs === 'number') shareEpoch(zeroEpochMs);
  return {host, port, seed, metrics, nft, names};
};

try {
  const injector = await startInjector(readOptions(process.argv[2] ?? '{}'));
  const stop = () => {
    void injector.close().then(() => process.exit(0));
  };
  process.once('disconnect', stop);
  const health = new HealthWatch();
  onParentMessage((message: ToInjector) => {
    if (message.kind === 'stop') stop();
    else void send(health.answer(message.phase));
  });
  await send({kind: 'listening', url: injector.url});
} catch (error) {
  await send({kind: 'failed', message: messageOf(error)});
  process.exit(2);
}
