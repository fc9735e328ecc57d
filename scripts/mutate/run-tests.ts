// Test files in processes of their own, one after the other, with a mutant in it or with V8 counting what it reaches.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Standin} from './hook.ts';

export const root = resolve(import.meta.dirname, '../..');

const ava = join(root, 'node_modules/.bin/ava');
const hook = pathToFileURL(join(import.meta.dirname, 'hook.ts')).href;

export type Ended =
  | {readonly kind: 'passed'; readonly tookMs: number}
  | {readonly kind: 'failed'; readonly output: string}
  | {readonly kind: 'timed-out'}
  | {readonly kind: 'stopped'};

type Setting = {
  readonly testFiles: readonly string[];
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Where Node keeps what it has compiled: it halves the time of a start. */
  readonly compileCache: string;
  readonly standin?: Standin;
  readonly coverage?: string;
};

export const runTests = async (setting: Setting): Promise<Ended> => {
  if (setting.signal.aborted) return {kind: 'stopped'};
  const {standin, coverage} = setting;
  const startMs = performance.now();
  const child = spawn(process.execPath, [ava, '--fail-fast', '--concurrency=1', ...setting.testFiles], {
    cwd: root,
    // A group of its own: what the test has started ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: setting.compileCache,
      ...(standin && {
        NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${hook}`,
        FOULWEATHER_MUTANT: JSON.stringify(standin),
      }),
      ...(coverage !== undefined && {NODE_V8_COVERAGE: coverage}),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  let why: 'timed-out' | 'stopped' | null = null;
  const end = (reason: 'timed-out' | 'stopped') => () => {
    why ??= reason;
    if (child.pid !== undefined) endGroup(child.pid);
  };
  const timer = setTimeout(end('timed-out'), setting.limitMs);
  const onAbort = end('stopped');
  setting.signal.addEventListener('abort', onAbort);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  setting.signal.removeEventListener('abort', onAbort);
  if (why !== null) return {kind: why};
  if (child.pid !== undefined) endGroup(child.pid);
  return code === 0 ? {kind: 'passed', tookMs: performance.now() - startMs} : {kind: 'failed', output};
};

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nothing of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
