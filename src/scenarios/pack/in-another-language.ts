// What the scenarios of libraries in other languages have in common with those in JavaScript, and what runs their programs.
import type {Applied, VerifyContext} from '../../model/scenario-functions.ts';
import {type ProgramSubject, program, type Scenario} from '../define-scenario.ts';

const shared = ['target', 'load', 'operation', 'phases', 'goals', 'thresholds', 'prepare', 'verify'] as const;

type Shared = Pick<Scenario, (typeof shared)[number]>;

/** The server, the operations and what is asked of them; without what is JavaScript's own. */
export const sameAs = (scenario: Shared): Shared =>
  Object.fromEntries(
    shared.flatMap(name => (scenario[name] === undefined ? [] : [[name, scenario[name]]])),
  ) as Shared;

/** For a library with a pool: operations on connections of their own overtake each other, and no order is promised. */
export const inAnyOrder = ({verify, ...scenario}: Shared): Shared => ({
  ...scenario,
  ...(verify && {
    verify: async (context: VerifyContext): Promise<Applied> => ({
      ...(await verify(context)),
      isOrdered: false,
    }),
  }),
});

/** From here, as from any scenario beside this file. */
const programs = '../../../programs';

/** All of them have one environment, whose packages are pinned. */
export const pythonProgram = (file: string): ProgramSubject =>
  program({command: ['python3', file], cwd: `${programs}/python`, requirements: 'requirements.txt'});

/** One module, with a folder for each program. */
export const goProgram = (folder: string): ProgramSubject =>
  program({command: ['go', 'run', `./${folder}`], cwd: `${programs}/go`, requirements: 'go.mod'});

/** All of them have one class path. */
export const javaProgram = (mainClass: string, flags: readonly string[] = []): ProgramSubject =>
  program({command: ['java', ...flags, mainClass], cwd: `${programs}/java`, requirements: 'pom.xml'});
