// One call of the command line.
import type {CliIo} from './cli-io.ts';

/** Where a command leaves its exit code: commander has no place for one. */
export type Session = {
  readonly io: CliIo;
  exitCode: number;
  /** Handles an uncaught error, so that a current run ends in order. Null: the process exits. */
  onDefect: ((error: unknown) => void) | null;
};
