// Tests in a network namespace: how one is entered here, and why they are not tried where there is none.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {FoulweatherError} from '../../src/model/errors.ts';
import {type Launch, namespaceLaunch} from '../../src/run/namespace.ts';

const run = promisify(execFile);
const probes = join(import.meta.dirname, '../fixtures/network/probes.ts');

const launchOrNothing = (): Launch | null => {
  try {
    return namespaceLaunch(process.env);
  } catch (error) {
    if (!(error instanceof FoulweatherError)) throw error;
    console.error(`Not tried: rules on packets. ${error.message} ${error.hint}`);
    return null;
  }
};

/** Null: this machine has no network namespaces, which has been printed. */
export const launch = process.platform === 'linux' ? launchOrNothing() : null;

/** What a probe of `fixtures/network/probes.ts` saw. */
export const probed = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const {file, args: before} = launch!;
  const own = [process.execPath, '--disable-warning=ExperimentalWarning', probes, ...args];
  const {stdout} = await run(file, [...before, ...own], {timeout: 110_000});
  return JSON.parse(stdout);
};
