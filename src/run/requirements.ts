// What a program in another language is made of, by its language's own tools: once, in a folder that is named by its contents.
import {dirname, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {hashOf, inPlace, type PackageOptions} from './packages.ts';
import type {ToolOptions} from './tool.ts';
import {go} from './toolchains/go.ts';
import {java} from './toolchains/java.ts';
import {python} from './toolchains/python.ts';
import type {Needing, Toolchain} from './toolchains/toolchain.ts';

type Program = Pick<Plan, 'name' | 'program'>;

/** By the first word of a program's command. */
const toolchains: {readonly [program: string]: Toolchain} = {python3: python, go, java};

const toolchainOf = ({program}: Program): Toolchain | null =>
  program?.requirements === undefined ? null : (toolchains[program.command[0]!] ?? null);

/** What finds the program's interpreter finds its tools. */
const withOwnEnvironment = ({program}: Program, {environment, signal}: ToolOptions): ToolOptions => ({
  environment: {...environment, ...program?.env},
  signal,
});

/**
 * The command that runs the program with what it requires; null where it requires nothing, and its own will do.
 * @throws FoulweatherError FW_TOOLCHAIN_MISSING, FW_PACKAGE_INSTALL, FW_INTERRUPTED
 */
export const installRequirements = async (
  plan: Program,
  options: PackageOptions,
): Promise<readonly string[] | null> => {
  const toolchain = toolchainOf(plan);
  if (toolchain === null || plan.program?.requirements === undefined) return null;
  const {command, cwd = '.', requirements} = plan.program;
  const tools = withOwnEnvironment(plan, options);
  const folder = resolve(dirname(options.scenarioFile), cwd);
  const needing: Needing = {command, folder, file: resolve(folder, requirements)};
  const version = await toolchain.version(plan.name, tools);
  const state = await toolchain.state(needing).catch((cause: unknown) => {
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `The requirements of the program, ${needing.file}, cannot be read.`,
      'Fix `requirements` in the scenario; it is relative to the folder that the program runs in.',
      {cause},
    );
  });
  const key = `${command[0]}-${hashOf([version, process.arch, ...state])}`;
  const place = await inPlace(key, toolchain.doing(needing), options, draft =>
    toolchain.fill(draft, needing, tools),
  );
  return toolchain.command(place, needing);
};

/** @throws FoulweatherError FW_TOOLCHAIN_MISSING */
export const refuseMissingToolchain = async (plan: Program, options: ToolOptions): Promise<void> => {
  await toolchainOf(plan)?.version(plan.name, withOwnEnvironment(plan, options));
};
