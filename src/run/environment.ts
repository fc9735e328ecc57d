// Where a run was made: what a reader needs to repeat it, or to doubt it.
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {promisify} from 'node:util';
import type {Environment} from '../model/run.ts';

const run = promisify(execFile);

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const version = manifest.version;

type Commit = Pick<Environment, 'commit' | 'dirty'>;

/** Of the working directory; outside of git, or without it, there is none. */
const commitOf = async (directory: string): Promise<Commit> => {
  try {
    const head = await run('git', ['rev-parse', '--short=12', 'HEAD'], {cwd: directory});
    const status = await run('git', ['status', '--porcelain'], {cwd: directory});
    return {commit: head.stdout.trim(), dirty: status.stdout.trim() !== ''};
  } catch {
    return {commit: null, dirty: false};
  }
};

export const describeEnvironment = async (directory: string, injector: string): Promise<Environment> => {
  const cores = cpus();
  return {
    foulweather: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cpuCount: cores.length,
    memoryBytes: totalmem(),
    injector,
    ...(await commitOf(directory)),
  };
};
