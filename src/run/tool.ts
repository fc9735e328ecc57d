// A language's own tool as a child, such as npm, pip or go: what it says, and the end of what it says where it fails.
import {execFile} from 'node:child_process';
import {stripVTControlCharacters} from 'node:util';

/** Enough for a slow line and a package that has to be compiled. */
const limitMs = 600_000;
const linesShown = 8;

export type ToolOptions = {readonly environment: NodeJS.ProcessEnv; readonly signal: AbortSignal};

export type ToolEnd = {
  /** Null where it ended with exit code 0. */
  readonly failure: (Error & {readonly code?: unknown}) | null;
  readonly stdout: string;
  /** Of both its streams the one that explains a failure. */
  readonly output: string;
};

export const runTool = (
  file: string,
  args: readonly string[],
  folder: string,
  {environment: env, signal}: ToolOptions,
): Promise<ToolEnd> => {
  // On Windows npm is a .cmd, which only a shell starts.
  const shell = process.platform === 'win32';
  const options = {cwd: folder, env, signal, timeout: limitMs, maxBuffer: 2 ** 26, shell};
  return new Promise(resolve => {
    execFile(file, args, options, (failure, stdout, stderr) =>
      resolve({failure, stdout, output: wordsOf(stderr) || wordsOf(stdout) || (failure?.message ?? '')}),
    );
  });
};

/** Maven resets the colours of a stream on which it says nothing. */
const wordsOf = (text: string): string => stripVTControlCharacters(text).trim();

/** The last lines, without where npm keeps its log. */
export const outputLines = (output: string): string[] =>
  output
    .trim()
    .split('\n')
    .filter(line => !/A complete log of this run|^npm error *$/.test(line))
    .slice(-linesShown);
