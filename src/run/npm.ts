// npm, or a command of a program's own, as a child: installs what is asked for, and explains in a user's words why it could not.
import {dirname, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {ProgramPlan} from '../model/plan.ts';
import {interruptedEarly} from './interruption.ts';
import {outputLines, runTool, type ToolOptions} from './tool.ts';

/**
 * What a program needs before it can run, by a command of the scenario.
 * @throws FoulweatherError FW_PROGRAM_SETUP, FW_INTERRUPTED
 */
export const setUpProgram = async (
  {setup, cwd = '.', env}: ProgramPlan,
  scenarioFile: string,
  {environment, signal}: ToolOptions,
): Promise<void> => {
  const [file, ...args] = setup ?? [];
  if (file === undefined) return;
  const folder = resolve(dirname(scenarioFile), cwd);
  const {failure, output} = await runTool(file, args, folder, {
    environment: {...environment, ...env},
    signal,
  });
  if (failure === null) return;
  if (signal.aborted) throw interruptedEarly();
  throw new FoulweatherError(
    'FW_PROGRAM_SETUP',
    failure.code === 'ENOENT'
      ? `The setup of the program needs ${file}, which was not found.`
      : `The setup of the program failed (${[file, ...args].join(' ')}):`,
    failure.code === 'ENOENT'
      ? `Install ${file}, or change \`setup\` in the scenario.`
      : `Check that it runs on its own, in ${folder}.`,
    {cause: failure, details: failure.code === 'ENOENT' ? [] : outputLines(output)},
  );
};

/**
 * `--install-links`: a folder is packed and installed like any other package, with its dependencies, and not linked to.
 * Instrumentations know a module by its place in node_modules/, and a link's real place is elsewhere.
 * @throws FoulweatherError FW_NPM_MISSING, FW_PACKAGE_INSTALL, FW_INTERRUPTED
 */
export const npmInstall = async (folder: string, words: string, options: ToolOptions): Promise<void> => {
  const flags = ['--install-links', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const {failure, output} = await runTool('npm', ['install', '--prefix', folder, ...flags], folder, options);
  if (failure === null) return;
  if (options.signal.aborted) throw interruptedEarly();
  if (failure.code === 'ENOENT') {
    throw new FoulweatherError(
      'FW_NPM_MISSING',
      `npm is needed to install ${words}, but was not found.`,
      'Add npm to the PATH, or remove `packages` from the scenario.',
      {cause: failure},
    );
  }
  throw new FoulweatherError(
    'FW_PACKAGE_INSTALL',
    `npm could not install ${words}:`,
    'Check that the version exists and that the registry can be reached, for example with `npm view`.',
    {cause: failure, details: outputLines(output)},
  );
};
