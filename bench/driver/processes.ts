// The processes of the driver's part: each measurement has a fresh one, and all end with the benchmark.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import type {Arrivals} from './arrivals.ts';
import type {LoopResult, LoopTask} from './loop.ts';

/** Does one task in a process of its own. @throws Error where it ends without an answer */
export const runLoop = async (task: LoopTask): Promise<LoopResult> => {
  const child = fork(new URL('loop-main.ts', import.meta.url), [JSON.stringify(task)]);
  const exited = once(child, 'exit');
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as LoopResult),
    exited.then((): never => {
      throw new Error(`the process for ${task.kind} ended without an answer`);
    }),
  ]);
  await exited;
  return answer;
};

export type Target = {
  readonly url: string;
  /** What has come since the last time this was asked. */
  readonly arrivals: () => Promise<Arrivals>;
  readonly stop: () => Promise<void>;
};

export const startTarget = async (): Promise<Target> => {
  const child = fork(new URL('target.ts', import.meta.url));
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    async arrivals() {
      const answer = once(child, 'message') as Promise<[Arrivals]>;
      child.send('arrivals');
      return (await answer)[0];
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
};
