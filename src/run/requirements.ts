// What a program in another language is made of, by its language's own tools: once, in a folder that is named by its contents.
import {basename, dirname, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {hashOf, inPlace, type PackageOptions} from './packages.ts';
import type {ToolOptions} from './tool.ts';
import {go} from './toolchains/go.ts';
import {java} from './toolchains/java.ts';
import {python} from './toolchains/python.ts';
import {type Needing, type Toolchain, withOthers} from './toolchains/toolchain.ts';

type Program = Pick<Plan, 'name' | 'program'>;

type Programs = Program & {readonly variants: readonly Pick<Plan['variants'][number], 'name' | 'packages'>[]};

/** By the first word of a program's command. */
const toolchains: {readonly [program: string]: Toolchain} = {python3: python, go, java};

const toolchainOf = ({program}: Program): Toolchain | null =>
  program?.requirements === undefined ? null : (toolchains[program.command[0]!] ?? null);

/** What finds the program's interpreter finds its tools. */
const withOwnEnvironment = ({program}: Program, {environment, signal}: ToolOptions): ToolOptions => ({
  environment: {...environment, ...program?.env},
  signal,
});

/** By the name of a variant, the command that runs its program with what it requires. */
export type ProgramCommands = ReadonlyMap<string, readonly string[]>;

/**
 * Empty where the program requires nothing: then its own command will do. A variant with `packages` has these in other
 * versions.
 * @throws FoulweatherError FW_TOOLCHAIN_MISSING, FW_PACKAGE_INSTALL, FW_INTERRUPTED, and FW_USAGE for packages that the program
 * does not require
 */
export const installRequirements = async (
  plan: Programs,
  options: PackageOptions,
): Promise<ProgramCommands> => {
  const commands = new Map<string, readonly string[]>();
  const toolchain = toolchainOf(plan);
  if (toolchain === null) return commands;
  const tools = withOwnEnvironment(plan, options);
  const version = await toolchain.version(plan.name, tools);
  // Before the first installation, which may take minutes.
  await refuseUnknownPackages(plan, options.scenarioFile);
  for (const [variant, needing] of needingsOf(plan, options.scenarioFile)) {
    const state = await toolchain.state(needing).catch(unreadable(needing));
    const others = Object.entries(needing.others).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const parts = [version, process.arch, ...state, ...(others.length === 0 ? [] : [others])];
    const key = `${needing.command[0]}-${hashOf(parts)}`;
    const doing = `${toolchain.doing(needing)}${withOthers(needing.others)}`;
    const place = await inPlace(key, doing, options, draft => toolchain.fill(draft, needing, tools));
    commands.set(variant, toolchain.command(place, needing));
  }
  return commands;
};

const needingsOf = (
  {program, variants}: Programs,
  scenarioFile: string,
): readonly (readonly [variant: string, needing: Needing])[] => {
  if (program?.requirements === undefined) return [];
  const {command, cwd = '.', requirements} = program;
  const folder = resolve(dirname(scenarioFile), cwd);
  const file = resolve(folder, requirements);
  return variants.map(({name, packages: others = {}}) => [name, {command, folder, file, others}]);
};

const unreadable =
  ({file}: Needing) =>
  (cause: unknown): never => {
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `The requirements of the program, ${file}, cannot be read.`,
      'Fix `requirements` in the scenario; it is relative to the folder that the program runs in.',
      {cause},
    );
  };

/**
 * Another version of what the program does not have changes nothing, and would be compared in vain.
 * @throws FoulweatherError FW_USAGE, FW_PACKAGE_INSTALL where the file cannot be read
 */
export const refuseUnknownPackages = async (plan: Programs, scenarioFile: string): Promise<void> => {
  const toolchain = toolchainOf(plan);
  if (toolchain === null) return;
  for (const [, needing] of needingsOf(plan, scenarioFile))
    await refuseUnknown(plan.name, toolchain, needing);
};

const refuseUnknown = async (scenario: string, toolchain: Toolchain, needing: Needing): Promise<void> => {
  const wanted = Object.entries(needing.others);
  if (wanted.length === 0) return;
  const list = basename(needing.file);
  const known = await toolchain.packages(needing).catch(unreadable(needing));
  const spellings = new Set(known.map(toolchain.spelling));
  for (const [name, version] of wanted) {
    if (!spellings.has(toolchain.spelling(name))) {
      throw new FoulweatherError(
        'FW_USAGE',
        `The program of scenario "${scenario}" does not require ${name}.`,
        known.length === 0 ? `${list} lists no packages.` : `${list} lists ${known.join(', ')}.`,
      );
    }
    if (version.startsWith('file:')) {
      throw new FoulweatherError(
        'FW_USAGE',
        `${name} is specified as ${version}, but only other versions of a program's packages can be compared.`,
        `Name a version, such as ${name}@1.2.3. To compare a working copy, list it in ${list} and name a released version here.`,
      );
    }
  }
};

/** @throws FoulweatherError FW_TOOLCHAIN_MISSING */
export const refuseMissingToolchain = async (plan: Program, options: ToolOptions): Promise<void> => {
  await toolchainOf(plan)?.version(plan.name, withOwnEnvironment(plan, options));
};
