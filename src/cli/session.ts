// One call of the command line.
import type {World} from './world.ts';

/** Where a command leaves its exit code: commander has no place for one. */
export type Session = {
  readonly world: World;
  exitCode: number;
  /** What is done with an error that nobody caught: a run that is under way ends in order. Null: the process ends. */
  onDefect: ((error: unknown) => void) | null;
};
