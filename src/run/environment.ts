// Where a run was made: what a reader needs to repeat it, or to doubt it.
import {execFile} from 'node:child_process';
import {cpus, totalmem} from 'node:os';
import {promisify} from 'node:util';
import type {Environment} from '../model/run.ts';

const run = promisify(execFile);

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

/** @param foulweather the version of this package */
export const describeEnvironment = async (
  foulweather: string,
  directory: string,
): Promise<Omit<Environment, 'injector'>> => {
  const cores = cpus();
  return {
    foulweather,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cpuCount: cores.length,
    memoryBytes: totalmem(),
    ...(await commitOf(directory)),
  };
};
