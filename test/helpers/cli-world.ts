// The command line in this process, in a world of its own: captured streams, an empty working folder, signals at will.
import {cp, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {CliIo} from '../../src/cli/cli-io.ts';
import {main} from '../../src/cli/main.ts';
import {fixture, temporaryFolder} from './run-folders.ts';
import {type Watched, watched} from './run-once.ts';
import type {ProcessWatch} from './run-processes.ts';

export type Answer = {readonly code: number; readonly stdout: string; readonly stderr: string};

export type CallOptions = {
  readonly env?: NodeJS.ProcessEnv;
  /** Whether stderr is a terminal. */
  readonly terminal?: boolean;
  readonly now?: () => Date;
  /** Instead of the place's own folder. */
  readonly cwd?: string;
};

export type Place = {
  readonly cwd: string;
  readonly watch: ProcessWatch;
  /** Puts scenario fixtures into the working folder. */
  readonly bring: (...names: readonly string[]) => Promise<void>;
  readonly call: (argv: readonly string[], options?: CallOptions) => Promise<Answer>;
};

/** With `shared`, the processes of several places are watched together: looking at all of a machine's takes its time. */
export const openPlace = async (t: Pick<ExecutionContext, 'teardown'>, shared?: Watched): Promise<Place> => {
  const cwd = await temporaryFolder(t);
  const {watch, environment} = shared ?? (await watched(t));
  return {
    cwd,
    watch,
    async bring(...names) {
      await mkdir(cwd, {recursive: true});
      for (const name of names) await cp(fixture(name), join(cwd, `${name}.ts`));
    },
    async call(argv, {env = {}, terminal = false, now = () => new Date(), cwd: elsewhere} = {}) {
      const output = {stdout: '', stderr: ''};
      const stream = (name: 'stdout' | 'stderr', isTTY: boolean): CliIo['stdout'] => ({
        isTTY,
        columns: 200,
        write: text => {
          output[name] += text;
          return true;
        },
      });
      const {NO_COLOR, FORCE_COLOR, ...inherited} = environment;
      const code = await main({
        argv,
        env: {...inherited, ...env},
        cwd: elsewhere ?? cwd,
        stdout: stream('stdout', false),
        stderr: stream('stderr', terminal),
        now,
        onSignal: () => () => {},
        onUncaught: () => {},
        relaunch({file, args}) {
          throw new Error(`asked to become ${[file, ...args].join(' ')}`);
        },
        exit(exitCode) {
          throw new Error(`asked to exit at once with ${exitCode}`);
        },
      });
      return {code, ...output};
    },
  };
};
