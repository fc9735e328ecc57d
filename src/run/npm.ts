// npm, or a program's own tool, as a child: installs what is asked for, and explains in a user's words why it could not.
import {execFile} from 'node:child_process';
import {dirname, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {ProgramPlan} from '../model/plan.ts';
import {interruptedEarly} from './interruption.ts';

/** Enough for a slow line and a package that has to be compiled. */
const installLimitMs = 600_000;
const linesShown = 8;

type NpmOptions = {readonly environment: NodeJS.ProcessEnv; readonly signal: AbortSignal};

type Failure = Error & {code?: unknown; output: string};

const failureOf = (
  file: string,
  args: readonly string[],
  folder: string,
  {environment: env, signal}: NpmOptions,
): Promise<Failure | null> => {
  // On Windows npm is a .cmd, which only a shell starts.
  const shell = process.platform === 'win32';
  const options = {cwd: folder, env, signal, timeout: installLimitMs, maxBuffer: 2 ** 26, shell};
  return new Promise(resolve => {
    execFile(file, args, options, (failure, stdout, stderr) =>
      resolve(failure && Object.assign(failure, {output: stderr.trim() || stdout.trim() || failure.message})),
    );
  });
};

/**
 * What a program needs before it can run, by a command of the scenario.
 * @throws FoulweatherError FW_PROGRAM_SETUP, FW_INTERRUPTED
 */
export const setUpProgram = async (
  {setup, cwd = '.', env}: ProgramPlan,
  scenarioFile: string,
  {environment, signal}: NpmOptions,
): Promise<void> => {
  const [file, ...args] = setup ?? [];
  if (file === undefined) return;
  const folder = resolve(dirname(scenarioFile), cwd);
  const error = await failureOf(file, args, folder, {environment: {...environment, ...env}, signal});
  if (error === null) return;
  if (signal.aborted) throw interruptedEarly();
  throw new FoulweatherError(
    'FW_PROGRAM_SETUP',
    error.code === 'ENOENT'
      ? `The setup of the program needs ${file}, which was not found.`
      : `The setup of the program failed (${[file, ...args].join(' ')}):`,
    error.code === 'ENOENT'
      ? `Install ${file}, or change \`setup\` in the scenario.`
      : `Check that it runs on its own, in ${folder}.`,
    {cause: error, details: error.code === 'ENOENT' ? [] : outputLines(error.output)},
  );
};

/**
 * `--install-links`: a folder is packed and installed like any other package, with its dependencies, and not linked to.
 * Instrumentations know a module by its place in node_modules/, and a link's real place is elsewhere.
 * @throws FoulweatherError FW_NPM_MISSING, FW_PACKAGE_INSTALL, FW_INTERRUPTED
 */
export const npmInstall = async (
  folder: string,
  words: string,
  {environment, signal}: NpmOptions,
): Promise<void> => {
  const flags = ['--install-links', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const error = await failureOf('npm', ['install', '--prefix', folder, ...flags], folder, {
    environment,
    signal,
  });
  if (error === null) return;
  if (signal.aborted) throw interruptedEarly();
  if (error.code === 'ENOENT') {
    throw new FoulweatherError(
      'FW_NPM_MISSING',
      `npm is needed to install ${words}, but was not found.`,
      'Add npm to the PATH, or remove `packages` from the scenario.',
      {cause: error},
    );
  }
  throw new FoulweatherError(
    'FW_PACKAGE_INSTALL',
    `npm could not install ${words}:`,
    'Check that the version exists and that the registry can be reached, for example with `npm view`.',
    {cause: error, details: outputLines(error.output)},
  );
};

/** The last lines, without where npm keeps its log. */
const outputLines = (output: string): string[] =>
  output
    .trim()
    .split('\n')
    .filter(line => !/A complete log of this run|^npm error *$/.test(line))
    .slice(-linesShown);
