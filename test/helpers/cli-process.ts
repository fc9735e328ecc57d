// The command line as a process of its own, for what only a process can show: signals, and sudden death.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {dataFolder, runsFolder} from '../../src/store/run-folder.ts';
import {filesUnder, fixture, temporaryFolder} from './run-folders.ts';
import {watched} from './run-once.ts';
import type {ProcessWatch} from './run-processes.ts';
import {until} from './run-until.ts';

const entry = new URL('../fixtures/cli-entry.ts', import.meta.url).pathname;
const waitLimitMs = 60_000;

type Exit = {readonly code: number | null; readonly signal: NodeJS.Signals | null};

export class CliProcess {
  readonly cwd: string;
  readonly watch: ProcessWatch;
  readonly exited: Promise<Exit>;
  readonly #temporary: string;
  readonly #process: ChildProcess;
  #stderr = '';

  private constructor(
    cwd: string,
    watch: ProcessWatch,
    environment: NodeJS.ProcessEnv,
    argv: readonly string[],
    nodeOptions: readonly string[],
  ) {
    this.cwd = cwd;
    this.watch = watch;
    this.#temporary = environment['TMPDIR']!;
    this.#process = spawn(process.execPath, [...nodeOptions, entry, ...argv], {
      cwd,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.exited = once(this.#process, 'close').then(([code, signal]) => ({code, signal}));
  }

  static async start(
    t: Pick<ExecutionContext, 'teardown'>,
    argv: readonly string[],
    more: NodeJS.ProcessEnv = {},
    nodeOptions: readonly string[] = [],
  ): Promise<CliProcess> {
    const cwd = await temporaryFolder(t);
    const {watch, environment} = await watched(t);
    watch.start();
    const cli = new CliProcess(cwd, watch, {...environment, ...more}, argv, nodeOptions);
    t.teardown(() => cli.kill('SIGKILL'));
    return cli;
  }

  static run(
    t: Pick<ExecutionContext, 'teardown'>,
    scenario: string,
    ...options: readonly string[]
  ): Promise<CliProcess> {
    return CliProcess.start(t, ['run', fixture(scenario), ...options]);
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill(signal);
  }

  /** At once: what comes next may be in a hurry. */
  async untilSays(text: string): Promise<void> {
    const signal = AbortSignal.timeout(waitLimitMs);
    while (!this.#stderr.includes(text)) {
      await once(this.#process.stderr!, 'data', {signal}).catch(() => {
        throw new Error(`it did not say "${text}", but: ${this.#stderr}`);
      });
    }
  }

  /** Until a trial's journal tells of the edge of its second phase. */
  async untilSecondPhase(): Promise<void> {
    await until(() => this.#isInSecondPhase(), waitLimitMs, 'the second phase');
  }

  async #isInSecondPhase(): Promise<boolean> {
    const folder = await this.runFolder().catch(() => null);
    if (folder === null) return false;
    const journal = await readFile(join(folder, 'trials', 'only-1', 'events.ndjson'), 'utf8').catch(() => '');
    return journal.includes('"edge":{"phase":1');
  }

  /** Of the only run. */
  async runFolder(): Promise<string> {
    const [id] = await readdir(runsFolder(dataFolder(this.cwd)));
    if (id === undefined) throw new Error('there is no run');
    return join(runsFolder(dataFolder(this.cwd)), id);
  }

  /** Drafts in the working folder, and everything in the folder for temporary files. */
  async temporaryFiles(): Promise<string[]> {
    const drafts = (await filesUnder(this.cwd)).filter(file => file.endsWith('.tmp'));
    return [...drafts, ...(await filesUnder(this.#temporary))];
  }
}
