// Everything of its process that the command line touches, as one object, so that tests can run it in their own
// process.

import type {Launch} from '../run/namespace.ts';

export type TextStream = {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export type CliIo = {
  /** Without the executable and the script. */
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly now: () => Date;
  /** Calls back for each SIGINT and SIGTERM until the returned function is called. */
  readonly onSignal: (handler: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void;
  /** Calls back for each uncaught exception and unhandled rejection; each is a defect of foulweather. */
  readonly onUncaught: (handler: (error: unknown) => void) => void;
  /** Turns this process into the same command in a network namespace, with its streams, its terminal and its exit code. */
  readonly relaunch: (launch: Launch) => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
};

/** A reader that has gone, such as `head`, changes nothing about a run: it goes on, and its exit code is the same. */
const ignoreBrokenPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

export const processIo = (): CliIo => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe);
  return processItself();
};

const processItself = (): CliIo => ({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  onSignal(handler) {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.on(signal, handler);
    return () => {
      for (const signal of signals) process.off(signal, handler);
    };
  },
  onUncaught: handler => void process.on('uncaughtException', handler),
  relaunch: ({file, args}) => {
    const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    process.execve?.(file, [file, ...args, ...own], process.env);
    throw new Error('this Node.js lacks process.execve()');
  },
  exit: code => process.exit(code),
});

/** One call of the command line: where a command leaves its exit code, since commander has no place for one. */
export type Session = {
  readonly io: CliIo;
  exitCode: number;
  /** Handles an uncaught error, so that a run under way ends in order. Null: the process ends. */
  onDefect: ((error: unknown) => void) | null;
};
