// npm, as a child: installs what a package.json asks for, and explains in a user's words why it could not.
import {execFile} from 'node:child_process';
import {FoulweatherError} from '../model/errors.ts';
import {interruptedEarly} from './interruption.ts';

/** Enough for a slow line and a package that has to be compiled. */
const installLimitMs = 600_000;
const linesShown = 8;

type NpmOptions = {readonly environment: NodeJS.ProcessEnv; readonly signal: AbortSignal};

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
  const error = await new Promise<(Error & {code?: unknown; stderr: string}) | null>(resolve => {
    execFile(
      'npm',
      ['install', '--prefix', folder, ...flags],
      // On Windows npm is a .cmd, which only a shell starts.
      {
        cwd: folder,
        env: environment,
        signal,
        timeout: installLimitMs,
        maxBuffer: 2 ** 26,
        shell: process.platform === 'win32',
      },
      (failure, _stdout, stderr) => resolve(failure && Object.assign(failure, {stderr})),
    );
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
    {cause: error, details: outputLines(error.stderr === '' ? error.message : error.stderr)},
  );
};

/** The last lines, without where npm keeps its log. */
const outputLines = (stderr: string): string[] =>
  stderr
    .trim()
    .split('\n')
    .filter(line => !/A complete log of this run|^npm error *$/.test(line))
    .slice(-linesShown);
