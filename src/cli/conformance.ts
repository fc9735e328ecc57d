// Whether a program keeps to the protocol: plays the harness's side, and says of each thing that a harness relies on whether
// the program does it.
import {type ChildProcess, spawn} from 'node:child_process';
import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {type FromProgram, type Hello, ProtocolBroken} from '../subject/program-protocol.ts';
import {programEnvironment} from '../subject/program-subject.ts';
import {ProgramWire} from '../subject/program-wire.ts';

export type ConformanceOptions = {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** A server of the user's; null for one that answers as the built-in target does. */
  readonly targetUrl: string | null;
  readonly options: unknown;
  /** For each answer, in ms; ten times as long for the first. */
  readonly limitMs: number;
};

export type Check = {
  readonly name: string;
  readonly result: 'kept' | 'broken' | 'not-checked';
  /** What is wrong, or worth knowing. */
  readonly note: string;
};

export type Conformance = {readonly checks: readonly Check[]; readonly output: string};

const helloFactor = 10;
const manyOperations = 200;
const atOnce = 8;
const outputShown = 8192;
const pollMs = 20;
const endPatienceMs = 2000;

class Failed extends Error {}

/** One run of the program, and what it said. */
class Session {
  readonly #wire: ProgramWire;
  readonly #options: ConformanceOptions;
  readonly #child: ChildProcess;
  /** What was said and not yet waited for. */
  readonly #said: FromProgram[];
  readonly #state: {broken: ProtocolBroken | null; hasLeft: boolean};
  readonly #settledIds = new Set<string>();
  #performed = 0;
  /** Of the program's output, the last. */
  output = '';

  private constructor(
    wire: ProgramWire,
    options: ConformanceOptions,
    said: FromProgram[],
    state: {broken: ProtocolBroken | null; hasLeft: boolean},
  ) {
    this.#wire = wire;
    this.#options = options;
    this.#said = said;
    this.#state = state;
    const [file = '', ...args] = options.command;
    this.#child = spawn(file, args, {
      cwd: options.cwd,
      env: {...programEnvironment(options.environment), ...wire.environment},
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child.on('error', error => {
      state.broken ??= new ProtocolBroken(`it could not be started: ${error.message}`);
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output = `${this.output}${chunk.toString()}`.slice(-outputShown);
      });
    }
  }

  static async start(options: ConformanceOptions): Promise<Session> {
    const said: FromProgram[] = [];
    const state: {broken: ProtocolBroken | null; hasLeft: boolean} = {broken: null, hasLeft: false};
    const wire = await ProgramWire.listen({
      message: message => void said.push(message),
      ended(broken) {
        state.broken ??= broken;
        state.hasLeft = true;
      },
    });
    return new Session(wire, options, said, state);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** "with exit code 3" */
  get end(): string {
    const {exitCode, signalCode} = this.#child;
    return signalCode === null ? `with exit code ${exitCode}` : `with signal ${signalCode}`;
  }

  async hello(): Promise<Hello> {
    const limitMs = helloFactor * this.#options.limitMs;
    const died = this.until(() => this.hasEnded, limitMs).then(has => {
      if (has) throw new Failed(this.#wire.refused ?? `it ended ${this.end} before it said hello`);
      return new Promise<never>(() => {});
    });
    return Promise.race([this.#wire.hello(limitMs), died]);
  }

  open(url: string): void {
    const deadlineMs = 2000;
    const {options} = this.#options;
    this.#wire.send({
      kind: 'open',
      url,
      options,
      variant: 'conformance',
      deadlineMs,
      maxInFlight: manyOperations,
    });
  }

  /** The line of one more operation, and its id. */
  line(more: object = {}): {readonly id: string; readonly text: string} {
    const index = this.#performed++;
    const id = `conformance-1-${index}`;
    const traceparent = `00-${'0'.repeat(16)}${(index + 1).toString(16).padStart(16, '0')}-0000000000000001-01`;
    return {
      id,
      text: `${JSON.stringify({kind: 'perform', id, index, traceparent, deadlineMs: 2000, ...more})}\n`,
    };
  }

  raw(bytes: string | Uint8Array): void {
    this.#wire.sendRaw(bytes);
  }

  /** @throws Failed, or ProtocolBroken where it breaks the protocol meanwhile */
  async answer(kinds: readonly FromProgram['kind'][], limitMs = this.#options.limitMs): Promise<FromProgram> {
    let found: FromProgram | undefined;
    await this.until(() => {
      const at = this.#said.findIndex(({kind}) => kinds.includes(kind));
      if (at >= 0) [found] = this.#said.splice(at, 1);
      return found !== undefined || this.#state.hasLeft || this.hasEnded;
    }, limitMs);
    if (found) return found;
    if (this.#state.broken) throw this.#state.broken;
    // The end of a process is known a little later than that of its connection.
    if (this.#state.hasLeft) await this.until(() => this.hasEnded, endPatienceMs);
    if (this.hasEnded) throw new Failed(`it ended ${this.end}`);
    if (this.#state.hasLeft) throw new Failed('it closed its connection');
    throw new Failed(`no ${kinds.map(kind => `\`${kind}\``).join(' or ')} within ${limitMs / 1000} s`);
  }

  /** All of these settle, each once. @returns how many of them failed */
  async settle(ids: readonly string[], limitMs = 3 * this.#options.limitMs): Promise<number> {
    const missing = new Set(ids);
    let failed = 0;
    const untilMs = performance.now() + limitMs;
    while (missing.size > 0) {
      const settled = await this.answer(['settled'], Math.max(1, untilMs - performance.now())).catch(
        error => {
          if (!(error instanceof Failed) || this.hasEnded || this.#state.hasLeft) throw error;
          throw new Failed(
            `${missing.size} of ${ids.length} operations did not settle within ${limitMs / 1000} s`,
          );
        },
      );
      if (settled.kind !== 'settled') continue;
      this.#note(settled.id, missing);
      if (settled.error) failed++;
    }
    return failed;
  }

  #note(id: string, missing: Set<string>): void {
    if (this.#settledIds.has(id)) throw new Failed(`it settled ${id} twice`);
    if (!missing.delete(id)) throw new Failed(`it settled ${id}, which was not asked for`);
    this.#settledIds.add(id);
  }

  /** What comes within this time is too much. */
  async silence(forMs: number): Promise<void> {
    await sleep(forMs);
    if (this.#state.broken) throw this.#state.broken;
    const settled = this.#said.find(({kind}) => kind === 'settled');
    if (settled?.kind !== 'settled') return;
    throw new Failed(
      this.#settledIds.has(settled.id)
        ? `it settled ${settled.id} twice`
        : `it settled ${settled.id}, which was not asked for`,
    );
  }

  async until(isSo: () => boolean, limitMs: number): Promise<boolean> {
    const untilMs = performance.now() + limitMs;
    while (!isSo()) {
      if (performance.now() >= untilMs) return false;
      await sleep(pollMs);
    }
    return true;
  }

  /** The harness is gone. */
  disconnect(): void {
    this.#wire.close();
  }

  /** Whether processes that it started were still there; none is any more. */
  leave(): boolean {
    this.#wire.close();
    const {pid} = this.#child;
    if (pid === undefined) return false;
    try {
      process.kill(-pid, 'SIGKILL');
      return true;
    } catch {
      return false;
    }
  }
}

/** Answers as the built-in target does. It holds what comes while it is told to, to see how many are under way. */
class EchoTarget {
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  isHolding = false;
  requestCount = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', ({url = '/'}, response: ServerResponse) => {
      this.requestCount++;
      const id = decodeURIComponent(url.split('?')[0]!.split('/').at(-1) ?? '');
      const respond = (): void =>
        void response.setHeader('content-type', 'application/json').end(JSON.stringify({id}));
      if (this.isHolding) this.#held.push(respond);
      else respond();
    });
  }

  static async start(): Promise<EchoTarget> {
    const server = createServer();
    const target = new EchoTarget(server);
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  release(): void {
    this.isHolding = false;
    for (const respond of this.#held.splice(0)) respond();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

type Scene = {
  readonly session: Session;
  readonly target: EchoTarget;
  readonly url: string;
  readonly limitMs: number;
  readonly options: ConformanceOptions;
};

/** What it answers is worth knowing; what it throws is wrong. */
type Act = (scene: Scene) => Promise<string | null>;

const failures = (failed: number, of: number): string =>
  failed === 0 ? '' : `${failed} of ${of} failed: check perform(), and that its server is running`;

const acts: readonly (readonly [name: string, act: Act])[] = [
  [
    'connects and says hello',
    async ({session}) => {
      const {runtime, kit, libraries} = await session.hello();
      const versions = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
      return [runtime, kit, ...versions].filter(part => part !== '').join(', ');
    },
  ],
  [
    'opens the library',
    async ({session, url, limitMs}) => {
      session.open(url);
      const opened = await session.answer(['opened', 'open-failed'], helloFactor * limitMs);
      if (opened.kind === 'open-failed')
        throw new Failed(`it failed: ${opened.error.name}: ${opened.error.message}`);
      return '';
    },
  ],
  [
    'settles an operation',
    async ({session}) => {
      const {id, text} = session.line();
      session.raw(text);
      return failures(await session.settle([id]), 1);
    },
  ],
  [
    'reads lines that come in pieces, and several at once',
    async ({session}) => {
      const [first, second, third] = [session.line(), session.line(), session.line()];
      const bytes = Buffer.from(first.text);
      session.raw(bytes.subarray(0, 20));
      await sleep(pollMs);
      session.raw(bytes.subarray(20));
      session.raw(second.text + third.text);
      await session.settle([first.id, second.id, third.id]);
      return '';
    },
  ],
  [
    'ignores unknown kinds and fields',
    async ({session}) => {
      const {id, text} = session.line({later: {text: 'größer ✓'}});
      const bytes = Buffer.from(
        `${JSON.stringify({kind: 'of-a-later-version', text: '✓'.repeat(9)})}\n${text}`,
      );
      // Within a character.
      const cut = bytes.indexOf('✓') + 1;
      session.raw(bytes.subarray(0, cut));
      await sleep(pollMs);
      session.raw(bytes.subarray(cut));
      await session.settle([id]);
      return '';
    },
  ],
  [
    'accepts the names of phases',
    async ({session}) => {
      const {id, text} = session.line();
      session.raw(`${JSON.stringify({kind: 'phase', name: 'baseline', role: 'baseline'})}\n${text}`);
      await session.settle([id]);
      return '';
    },
  ],
  [
    'has several operations under way at once',
    async ({session, target, options, limitMs}) => {
      if (options.targetUrl !== null || target.requestCount === 0) return null;
      target.isHolding = true;
      const lines = Array.from({length: atOnce}, () => session.line());
      session.raw(lines.map(({text}) => text).join(''));
      await session.until(() => target.heldCount >= atOnce, limitMs);
      const {heldCount} = target;
      target.release();
      await session.settle(lines.map(({id}) => id));
      if (heldCount < 2) throw new Failed(`of ${atOnce} operations it started only ${heldCount} at once`);
      return heldCount < atOnce ? `${heldCount} of ${atOnce}: the library or the program has a limit` : '';
    },
  ],
  [
    'settles each of many operations once',
    async ({session}) => {
      const lines = Array.from({length: manyOperations}, () => session.line());
      session.raw(lines.map(({text}) => text).join(''));
      const failed = await session.settle(lines.map(({id}) => id));
      await session.silence(10 * pollMs);
      return failures(failed, manyOperations);
    },
  ],
  [
    'closes the library',
    async ({session}) => {
      session.raw('{"kind":"close"}\n');
      const closed = await session.answer(['closed', 'close-failed']);
      return closed.kind === 'close-failed' ? `it failed: ${closed.error.name}: ${closed.error.message}` : '';
    },
  ],
  [
    'ends by itself, with exit code 0',
    async ({session, limitMs}) => {
      if (!(await session.until(() => session.hasEnded, limitMs))) {
        throw new Failed(`it was still running ${limitMs / 1000} s after it was closed`);
      }
      if (session.end !== 'with exit code 0') throw new Failed(`it ended ${session.end}`);
      return '';
    },
  ],
  [
    'leaves no processes behind',
    async ({session}) => {
      if (session.leave()) throw new Failed('processes that it started were still running');
      return '';
    },
  ],
];

const lonelyActs: readonly (readonly [name: string, act: Act])[] = [
  [
    'ends when the harness is gone',
    async ({session, url, limitMs}) => {
      await session.hello();
      session.open(url);
      await session.answer(['opened', 'open-failed'], helloFactor * limitMs);
      session.disconnect();
      if (!(await session.until(() => session.hasEnded, limitMs))) {
        throw new Failed(`it was still running ${limitMs / 1000} s after its connection was closed`);
      }
      return '';
    },
  ],
];

/** Never throws: whatever the program does is a result. Nothing of it is left running. */
export const checkConformance = async (options: ConformanceOptions): Promise<Conformance> => {
  const target = await EchoTarget.start();
  const checks: Check[] = [];
  let output = '';
  try {
    for (const list of [acts, lonelyActs]) {
      const isUseless = checks.some(({result}) => result === 'broken') && list === lonelyActs;
      const session = isUseless ? null : await Session.start(options);
      const url = options.targetUrl ?? target.url;
      let hasFailed = session === null;
      for (const [name, act] of list) {
        const check =
          hasFailed || session === null
            ? {name, result: 'not-checked' as const, note: ''}
            : await tried(name, () => act({session, target, url, limitMs: options.limitMs, options}));
        checks.push(check);
        hasFailed ||= check.result === 'broken';
      }
      session?.leave();
      output ||= session?.output ?? '';
    }
  } finally {
    target.stop();
  }
  return {checks, output};
};

const tried = async (name: string, act: () => Promise<string | null>): Promise<Check> => {
  try {
    const note = await act();
    return note === null
      ? {name, result: 'not-checked', note: 'needs a client of the built-in HTTP server'}
      : {name, result: 'kept', note};
  } catch (error) {
    if (!(error instanceof Failed) && !(error instanceof ProtocolBroken)) throw error;
    const line = error instanceof ProtocolBroken && error.line !== null ? `: ${error.line}` : '';
    return {name, result: 'broken', note: `${error.message}${line}`};
  }
};
