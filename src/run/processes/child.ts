// One child process: typed messages, a bounded part of what it printed, and an end that cannot be missed.
import {type ChildProcess, fork} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {on, once} from 'node:events';
import {sealed, unsealed} from '../../model/channel.ts';
import {FoulweatherError} from '../../model/errors.ts';
import {withTimeout} from '../../model/with-timeout.ts';
import {launcherOf} from './launcher.ts';
import {killGroup, killTagged, tagVariable} from './tagged-processes.ts';

export type ChildExit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly stderrTail: string;
};

export type ChildOptions<From> = {
  /** How messages to the user call it: "the injector". */
  readonly label: string;
  readonly file: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** It may use so many CPUs; all of them when absent. */
  readonly cpuCount?: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly onMessage?: (message: From) => void;
};

const tailBytes = 8192;

/**
 * Once all that it started is gone too, its pipes end at once; a process out of reach must not keep them open
 * indefinitely.
 */
const pipesLimitMs = 1000;

type Tagged = {readonly kind: string};

type Waiter<From extends Tagged> = {
  readonly kinds: readonly string[];
  readonly resolve: (message: From) => void;
  readonly reject: (error: Error) => void;
};

export class Child<To, From extends Tagged> {
  readonly label: string;
  /** -1 where it could not be started. */
  readonly pid: number;
  /** A mark in the environment of this process and all that it starts. */
  readonly mark = randomUUID();
  readonly exited: Promise<ChildExit>;
  /** It has closed its channel, which a subject does when its work is done; or it has ended. */
  readonly disconnected: Promise<unknown>;
  readonly #process: ChildProcess;
  readonly #waiters = new Set<Waiter<From>>();
  #foreignMessageCount = 0;
  #exit: ChildExit | null = null;
  #stdoutBytes = 0;
  #stderrBytes = 0;
  #stderrTail: Buffer = Buffer.alloc(0);

  constructor(options: ChildOptions<From>) {
    this.label = options.label;
    const launcher = launcherOf(options.cpuCount);
    this.#process = fork(options.file, options.args ?? [], {
      execPath: launcher.execPath,
      execArgv: [...launcher.execArgv, ...(options.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: it is killed as a whole, and Ctrl-C in a terminal reaches only the parent.
      detached: true,
      env: {...options.env, [tagVariable]: this.mark},
    });
    this.pid = this.#process.pid ?? -1;
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#stdoutBytes += chunk.length;
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#stderrBytes += chunk.length;
      this.#stderrTail = Buffer.concat([this.#stderrTail, chunk]).subarray(-tailBytes);
    });
    this.#process.on('message', received => {
      const message = unsealed<From>(received);
      if (message === null) {
        this.#foreignMessageCount++;
        return;
      }
      options.onMessage?.(message);
      for (const waiter of this.#waiters) {
        if (!waiter.kinds.includes(message.kind)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(message);
      }
    });
    this.exited = this.#watchExit();
    this.disconnected = Promise.race([
      new Promise(resolve => this.#process.once('disconnect', () => resolve(null))),
      this.exited,
    ]);
  }

  get hasExited(): boolean {
    return this.#exit !== null;
  }

  /** Messages on its channel that are not foulweather's: code in it calls `process.send` for its own purposes. */
  get foreignMessageCount(): number {
    return this.#foreignMessageCount;
  }

  /** Does nothing when the child is gone: its exit is reported elsewhere. */
  send(message: To): void {
    if (this.#process.connected) this.#process.send(sealed(message), () => {});
  }

  /**
   * The next message of one of these kinds.
   * @throws FoulweatherError FW_CHILD_FAILED when the child ends first, or after `limitMs`
   */
  async next<Kind extends From['kind']>(
    kinds: readonly Kind[],
    limitMs: number,
  ): Promise<Extract<From, {kind: Kind}>> {
    let waiter: Waiter<From> | undefined;
    const answer = new Promise<From>((resolve, reject) => {
      if (this.#exit) reject(this.#ended());
      waiter = {kinds, resolve, reject};
      this.#waiters.add(waiter);
    });
    try {
      const message = await withTimeout(limitMs, answer, () => {
        throw this.#failure(`no answer within ${limitMs / 1000} s`);
      });
      return message as Extract<From, {kind: Kind}>;
    } finally {
      if (waiter) this.#waiters.delete(waiter);
    }
  }

  /**
   * The first match in what it prints on stderr from now on.
   * @throws the signal's reason
   */
  async printed(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
    let text = '';
    const {stderr} = this.#process;
    if (!stderr) throw new Error(`${this.label} has no stderr`);
    for await (const [chunk] of on(stderr, 'data', {signal, close: ['end', 'close']})) {
      text = `${text}${String(chunk)}`.slice(-tailBytes);
      const match = pattern.exec(text);
      if (match) return match;
    }
    throw new Error(`the stderr of ${this.label} has ended`);
  }

  /** Kills the whole process group at once; what has left the group is killed when it exits. */
  kill(): void {
    if (this.#exit === null) killGroup(this.pid);
  }

  async #watchExit(): Promise<ChildExit> {
    // 'close' comes after 'exit', when all that it printed and sent has been read.
    const closed = once(this.#process, 'close').catch(() => {});
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve => {
      this.#process.on('error', error => {
        this.#stderrTail = Buffer.from(error.message);
        resolve([null, null]);
      });
      this.#process.once('exit', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    killGroup(this.pid);
    killTagged(this.mark);
    await this.#untilClosed(closed);
    this.#exit = {
      code,
      signal,
      stdoutBytes: this.#stdoutBytes,
      stderrBytes: this.#stderrBytes,
      stderrTail: this.#stderrTail.toString('utf8'),
    };
    for (const waiter of this.#waiters) waiter.reject(this.#ended());
    this.#waiters.clear();
    return this.#exit;
  }

  async #untilClosed(closed: Promise<unknown>): Promise<void> {
    await withTimeout(pipesLimitMs, closed, () => {});
    this.#process.stdout?.destroy();
    this.#process.stderr?.destroy();
  }

  #ended(): FoulweatherError {
    const exit = this.#exit;
    const last = lastWords(exit?.stderrTail ?? '');
    const how = exit?.signal ? `was killed by ${exit.signal}` : `exited with code ${exit?.code}`;
    return this.#failure(`the process ${how}${last === '' ? '' : `: ${last}`}`);
  }

  #failure(what: string): FoulweatherError {
    return new FoulweatherError(
      'FW_CHILD_FAILED',
      `${this.label} failed: ${what}.`,
      'This is a bug in foulweather, or a problem of this machine. The run folder, if there is one, helps to find it.',
    );
  }
}

/** The line with the reason: the error's own, where there is one, since below it Node prints the stack and its version. */
export const lastWords = (stderr: string): string => {
  const lines = stderr.trim().split('\n');
  return (
    lines.findLast(line => /^(?:Uncaught )?\w*(?:Error|Exception)\b.*:/.test(line)) ??
    lines.at(-1) ??
    ''
  ).trim();
};
