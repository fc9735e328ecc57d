// Go: a program that is built from its module.
import {readFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {FoulweatherError} from '../../model/errors.ts';
import {interruptedEarly} from '../interruption.ts';
import {stateOfFolder} from '../packages.ts';
import {outputLines, runTool, type ToolOptions} from '../tool.ts';
import type {Toolchain} from './toolchain.ts';

const isNewEnough = (version: string): boolean => {
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(version) ?? [];
  // A development version has no number.
  return major === undefined || Number(major) > 1 || Number(minor) >= 21;
};

/** Reports and the like may be in the same folder. */
const isSource = (name: string): boolean => /\.(?:go|mod|sum|s|c|cc|cpp|h|hpp)$/.test(name);

/** `replace example.com/kit => ../../kits/go`: the folders that are used as they are. */
const localReplacements = /=>\s+(\.{1,2}\/\S+)/g;

export const go: Toolchain = {
  async version(scenario, options) {
    // The installed one; which one a module asks for is known when it is built.
    const local = {...options, environment: {...options.environment, GOTOOLCHAIN: 'local'}};
    const {failure, stdout, output} = await runTool('go', ['version'], process.cwd(), local);
    if (failure === null && isNewEnough(stdout)) return stdout.trim();
    if (options.signal.aborted) throw interruptedEarly();
    const why =
      failure === null
        ? `go is ${/\bgo(\d\S*)/.exec(stdout)?.[1]}`
        : failure.code === 'ENOENT'
          ? 'go was not found'
          : `go failed: ${outputLines(output).at(-1)}`;
    throw new FoulweatherError(
      'FW_TOOLCHAIN_MISSING',
      `Scenario "${scenario}" needs Go 1.21 or newer, but ${why}.`,
      'Install Go (https://go.dev/doc/install), and put its bin folder on the PATH.',
      {cause: failure},
    );
  },

  async state({command, file}) {
    const module = await readFile(file, 'utf8');
    const folder = dirname(file);
    const replaced = [...module.matchAll(localReplacements)].map(([, path]) => resolve(folder, path!));
    const states = [folder, ...replaced].map(each => stateOfFolder(each, isSource));
    return [packageIn(command), ...(await Promise.all(states))];
  },

  doing: ({command}) => `building ${packageIn(command)} with Go`,

  async fill(draft, {command, folder}, options) {
    const args = ['build', '-mod=readonly', '-buildvcs=false', '-o', programIn(draft), packageIn(command)];
    const {failure, output} = await runTool('go', args, folder, outsideWorkspaces(options));
    if (failure === null) return;
    if (options.signal.aborted) throw interruptedEarly();
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `Go could not build ${packageIn(command)}:`,
      `Check that \`go build ${packageIn(command)}\` works in ${folder}, and that the module proxy can be reached.`,
      {cause: failure, details: outputLines(output)},
    );
  },

  command: (folder, {command}) => [programIn(folder), ...command.slice(3)],
};

/** `go run PACKAGE …` */
const packageIn = ([, , name]: readonly string[]): string => name!;

const programIn = (folder: string): string =>
  join(folder, process.platform === 'win32' ? 'program.exe' : 'program');

/** A go.work in a folder above would leave the module out. */
const outsideWorkspaces = (options: ToolOptions): ToolOptions => ({
  ...options,
  environment: {...options.environment, GOWORK: 'off'},
});
