// What the scenarios of Python's libraries have in common with those of JavaScript's, and what runs their programs.
import {type ProgramSubject, program, type Scenario} from '../define-scenario.ts';

const shared = ['target', 'load', 'operation', 'phases', 'goals', 'thresholds', 'prepare', 'verify'] as const;

type Shared = Pick<Scenario, (typeof shared)[number]>;

/** The server, the operations and what is asked of them; without what is JavaScript's own. */
export const inPython = (scenario: Shared): Shared =>
  Object.fromEntries(
    shared.flatMap(name => (scenario[name] === undefined ? [] : [[name, scenario[name]]])),
  ) as Shared;

/** All of them have one environment, whose packages are pinned. */
export const pythonProgram = (file: string): ProgramSubject =>
  program({command: ['python3', file], cwd: '../../../programs/python', requirements: 'requirements.txt'});
