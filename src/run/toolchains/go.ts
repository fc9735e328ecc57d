// Go: a program that is built from its module.
import {copyFile, readFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {FoulweatherError} from '../../model/errors.ts';
import {interruptedEarly} from '../interruption.ts';
import {stateOfFolder} from '../packages.ts';
import {outputLines, runTool, type ToolOptions} from '../tool.ts';
import {type Needing, othersHint, type Toolchain, withOthers} from './toolchain.ts';

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

  packages: async ({file}) => modulesIn(await readFile(file, 'utf8')),

  spelling: name => name,

  async state({command, file}) {
    const module = await readFile(file, 'utf8');
    const folder = dirname(file);
    const replaced = [...module.matchAll(localReplacements)].map(([, path]) => resolve(folder, path!));
    const states = [folder, ...replaced].map(each => stateOfFolder(each, isSource));
    return [packageIn(command), ...(await Promise.all(states))];
  },

  doing: ({command}) => `building the Go program ${packageIn(command)}`,

  async fill(draft, needing, options) {
    const {command, folder, others} = needing;
    const own = outsideWorkspaces(options);
    const isChanged = Object.keys(others).length > 0;
    const modules = isChanged ? await changedModules(draft, needing, own) : ['-mod=readonly'];
    const args = ['build', ...modules, '-buildvcs=false', '-o', programIn(draft), packageIn(command)];
    const {failure, output} = await runTool('go', args, folder, own);
    if (failure === null) return;
    if (options.signal.aborted) throw interruptedEarly();
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `Go could not build ${packageIn(command)}${withOthers(others)}:`,
      isChanged
        ? othersHint
        : `Check that \`go build ${packageIn(command)}\` works in ${folder}, and that the module proxy can be reached.`,
      {cause: failure, details: outputLines(output)},
    );
  },

  command: (folder, {command}) => [programIn(folder), ...command.slice(3)],
};

/**
 * The flags of a build with modules in other versions: they are in a copy of go.mod, and what they need as well is Go's choice.
 * One that go.mod replaces by a working copy is no longer replaced.
 */
const changedModules = async (
  draft: string,
  {folder, file, others}: Needing,
  options: ToolOptions,
): Promise<readonly string[]> => {
  const copy = join(draft, 'other-versions.mod');
  await copyFile(file, copy);
  // A module that needs no other has no go.sum.
  await copyFile(file.replace(/\.mod$/, '.sum'), join(draft, 'other-versions.sum')).catch(() => {});
  const drops = Object.keys(others).map(name => `-dropreplace=${name}`);
  const wanted = Object.entries(others).map(([name, version]) => `${name}@${version}`);
  for (const args of [
    ['mod', 'edit', ...drops, copy],
    ['get', `-modfile=${copy}`, ...wanted],
  ]) {
    const {failure, output} = await runTool('go', args, folder, options);
    if (failure === null) continue;
    if (options.signal.aborted) throw interruptedEarly();
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `Go could not get ${wanted.join(' and ')}:`,
      'Check that this version exists, and that the module proxy can be reached. Go module versions begin with v.',
      {cause: failure, details: outputLines(output)},
    );
  }
  return ['-mod=mod', `-modfile=${copy}`];
};

/** The modules that a go.mod requires: `require example.com/a v1.2.3`, or a line each in brackets. */
export const modulesIn = (text: string): string[] => {
  const modules: string[] = [];
  let block: string | null = null;
  for (const line of text.split('\n')) {
    const words = line
      .replace(/\/\/.*$/, '')
      .replace('(', ' ( ')
      .trim()
      .split(/\s+/);
    if (words[1] === '(') block = words[0]!;
    else if (words[0] === ')') block = null;
    else {
      const [directive, name] = block === null ? words : [block, ...words];
      if (directive === 'require' && name) modules.push(name.replaceAll(/["`]/g, ''));
    }
  }
  return modules;
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
