// A program in any language as the driver wants it: the process that drives is only a bridge to it, and ends as it does.
import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {delimiter, dirname, resolve} from 'node:path';
import {packageFile} from '../model/own-files.ts';
import type {Load, Phase} from '../model/plan.ts';
import type {Answer} from '../model/scenario-functions.ts';
import {withTimeout} from '../model/with-timeout.ts';
import type {SubjectInput} from '../scenarios/define-scenario.ts';
import type {OperationContext} from './perform.ts';
import {
  type FromProgram,
  type Hello,
  type ProgramAnswer,
  type ProgramError,
  ProtocolBroken,
} from './program-protocol.ts';
import {ProgramWire} from './program-wire.ts';
import type {ProgramTask, SubjectTask} from './protocol.ts';

export type ProgramListener = {
  readonly log: (message: string) => void;
  /** What the harness cannot go on with. */
  readonly broken: (error: ProtocolBroken) => void;
  readonly ended: (end: ProgramEnd) => void;
};

/** A program that was sent SIGTERM has ended: operations that it had not settled never will be. */
export type Terminated = {readonly end: ProgramEnd; readonly unsettledCount: number};

export type ProgramEnd = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The kernel killed it, or another process of the same control group, for lack of memory. */
  readonly outOfMemory: boolean;
};

/** From the end of a connection to that of its process, which may have to print a stack. */
const endPatienceMs = 2000;

/** From the end of a process to that of its connection: what it said last may still be on its way. */
const lastWordsMs = 500;

/** An error as the driver reads it: without a prototype, whose name could be taken for the error's own. */
const thrown = ({stack, cause, ...facts}: ProgramError): object =>
  Object.assign(Object.create(null) as object, facts, {
    stack: stack.map(frame => `    at ${frame}`).join('\n'),
    cause: cause && thrown(cause),
  });

const meanings = {no: 'failed', unsent: 'rejected', unknown: 'unknown'} as const;

/** What an operation comes to that was in flight when the program ended. */
const programEnded: ProgramError = {
  name: 'ProgramEnded',
  code: null,
  message: 'the program ended after SIGTERM without settling this operation',
  applied: 'unknown',
  cause: null,
  stack: [],
};

/** Who counts what comes to the application's consumer; known once the library is opened. */
type Sink = {delivered: (messageId: string) => void};

type Settle = {readonly resolve: (answer: ProgramAnswer) => void; readonly reject: (error: unknown) => void};

export class RunningProgram {
  readonly hello: Hello;
  readonly pid: number;
  readonly #wire: ProgramWire;
  readonly #inFlight: Map<string, Settle>;
  readonly #asked: Map<'open' | 'close', Settle>;
  readonly #sink: Sink;
  readonly #terminate: () => Promise<ProgramEnd>;

  private constructor(started: Started, hello: Hello, pid: number) {
    this.hello = hello;
    this.pid = pid;
    this.#wire = started.wire;
    this.#inFlight = started.inFlight;
    this.#asked = started.asked;
    this.#sink = started.sink;
    this.#terminate = started.terminate;
  }

  /** Null where the program has ended, or did not keep to the protocol: the listener knows. */
  static async start(
    task: SubjectTask & {readonly program: ProgramTask},
    environment: NodeJS.ProcessEnv,
    listener: ProgramListener,
  ): Promise<RunningProgram | null> {
    const started = await start(task, environment, listener);
    const pid = started.child.pid;
    if (pid === undefined) return null;
    try {
      return new RunningProgram(started, await started.wire.hello(task.program.helloMs), pid);
    } catch (error) {
      if (!(error instanceof ProtocolBroken)) throw error;
      // One that ends says nothing more: its end is the reason.
      if (!started.hasEnded()) listener.broken(error);
      return null;
    }
  }

  /** @param deadlineMs what a caller waits for an operation */
  subject(deadlineMs: number, maxInFlight: number): SubjectInput<unknown, unknown> {
    return {
      open: ({url, options, variant, delivered}) => {
        this.#sink.delivered = delivered;
        return this.#ask('open', {kind: 'open', url, options, variant, deadlineMs, maxInFlight});
      },
      perform: (_, context) => this.#perform(context as OperationContext),
      close: () => this.#ask('close', {kind: 'close'}),
      classify: error => meanings[(error as ProgramError).applied] ?? 'unknown',
    };
  }

  enterPhase({name, role}: Phase): void {
    this.#wire.send({kind: 'phase', name, role});
  }

  /**
   * Sends it SIGTERM, which its own handler is to answer by closing the library and ending. Its end is then no failure of its own,
   * and is not reported to the listener.
   */
  async terminate(): Promise<Terminated> {
    const end = await this.#terminate();
    const unsettledCount = this.#inFlight.size;
    for (const {reject} of this.#inFlight.values()) reject(thrown(programEnded));
    this.#inFlight.clear();
    return {end, unsettledCount};
  }

  /** For one that could not be opened. */
  end(): void {
    this.#ask('close', {kind: 'close'}).catch(() => {});
  }

  #perform({id, index, traceparent, remainingMs}: OperationContext): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#inFlight.set(id, {resolve, reject});
      this.#wire.send({kind: 'perform', id, index, traceparent, deadlineMs: remainingMs});
    });
  }

  async #ask(what: 'open' | 'close', message: Parameters<ProgramWire['send']>[0]): Promise<null> {
    await new Promise<unknown>((resolve, reject) => {
      this.#asked.set(what, {resolve, reject});
      this.#wire.send(message);
    });
    return null;
  }
}

type Started = {
  readonly child: ChildProcess;
  readonly wire: ProgramWire;
  readonly inFlight: Map<string, Settle>;
  readonly asked: Map<'open' | 'close', Settle>;
  readonly sink: Sink;
  readonly hasEnded: () => boolean;
  readonly terminate: () => Promise<ProgramEnd>;
};

const start = async (
  {program, scenarioFile}: SubjectTask & {readonly program: ProgramTask},
  environment: NodeJS.ProcessEnv,
  listener: ProgramListener,
): Promise<Started> => {
  const inFlight = new Map<string, Settle>();
  const asked = new Map<'open' | 'close', Settle>();
  const sink: Sink = {delivered() {}};
  let end: ProgramEnd | null = null;
  /** Set once it has been sent SIGTERM: then it may also close its connection before it ends. */
  let terminated: PromiseWithResolvers<ProgramEnd> | null = null;
  const disconnected = Promise.withResolvers<void>();
  const wire = await ProgramWire.listen({
    message: (message, line) => take(message, line, {inFlight, asked, sink, listener}),
    ended(broken) {
      disconnected.resolve();
      const tell = (): void => {
        if (end === null && (broken !== null || terminated === null))
          listener.broken(broken ?? new ProtocolBroken('it closed its connection and kept running'));
      };
      if (broken) tell();
      else setTimeout(tell, endPatienceMs);
    },
  });
  const killedBefore = memoryKills();
  const [file = '', ...args] = [...program.launcher, ...program.command];
  const cwd = resolve(dirname(scenarioFile), program.cwd ?? '.');
  const child = spawn(file, args, {
    cwd,
    env: {...programEnvironment(environment), ...program.env, ...wire.environment},
    // What it prints goes where the parent keeps the last of it. It stays in the bridge's process group, and ends with it.
    stdio: ['ignore', 2, 2],
  });
  const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
    if (end !== null) return;
    const ending = {exitCode, signal, outOfMemory: signal === 'SIGKILL' && memoryKills() > killedBefore};
    end = ending;
    if (terminated === null) {
      wire.close();
      listener.ended(ending);
      return;
    }
    const {resolve: tell} = terminated;
    void withTimeout(lastWordsMs, disconnected.promise, () => {}).then(() => {
      wire.close();
      tell(ending);
    });
  };
  child.on('error', error => {
    const why =
      'code' in error && error.code === 'ENOENT'
        ? `${file} or the folder ${cwd} does not exist`
        : error.message;
    listener.broken(new ProtocolBroken(`it could not be started: ${why}`));
    finish(null, null);
  });
  child.on('exit', finish);
  const terminate = (): Promise<ProgramEnd> => {
    terminated = Promise.withResolvers<ProgramEnd>();
    // It may say that it has closed its library, as if it had been asked to.
    asked.set('close', {resolve() {}, reject() {}});
    child.kill('SIGTERM');
    return terminated.promise;
  };
  return {child, wire, inFlight, asked, sink, hasEnded: () => end !== null, terminate};
};

type Conversation = Pick<Started, 'inFlight' | 'asked' | 'sink'> & {readonly listener: ProgramListener};

/** @throws ProtocolBroken for an answer that nobody waits for */
const take = (message: FromProgram, line: string, {inFlight, asked, sink, listener}: Conversation): void => {
  const answer = (what: 'open' | 'close', error: ProgramError | null): void => {
    const waiting = asked.get(what);
    if (!waiting) throw new ProtocolBroken(`it answered \`${what}\` without being asked, or twice`, line);
    asked.delete(what);
    if (error) waiting.reject(thrown(error));
    else waiting.resolve({});
  };
  switch (message.kind) {
    case 'hello':
      throw new ProtocolBroken('it said `hello` twice', line);
    case 'opened':
      answer('open', null);
      return;
    case 'open-failed':
      answer('open', message.error);
      return;
    case 'closed':
      answer('close', null);
      return;
    case 'close-failed':
      answer('close', message.error);
      return;
    case 'settled': {
      const operation = inFlight.get(message.id);
      if (!operation) {
        throw new ProtocolBroken(
          `it settled ${message.id}, which was not asked for or had already settled`,
          line,
        );
      }
      inFlight.delete(message.id);
      if (message.error) operation.reject(thrown(message.error));
      else operation.resolve(message.answer);
      return;
    }
    case 'delivered':
      for (const id of message.ids) sink.delivered(id);
      return;
    case 'log':
      listener.log(message.message);
      return;
    case 'ignored':
      return;
  }
};

const ownVariable = /^(?:FOULWEATHER_(?:SDK|PACKAGES|COMPILE_CACHE)|NODE_COMPILE_CACHE|NODE_CHANNEL_\w+)$/;

/** The harness's own variables are not for it, and Python finds the kit of this very version. */
export const programEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const kept = Object.entries(environment).filter(([name]) => !ownVariable.test(name));
  const {PYTHONPATH: path, NODE_EXTRA_CA_CERTS: authorities} = environment;
  return {
    ...Object.fromEntries(kept),
    PYTHONPATH: path ? `${path}${delimiter}${pythonKit}` : pythonKit,
    // OpenSSL's, and Go's, name for the same.
    ...(authorities && {SSL_CERT_FILE: authorities}),
  };
};

const pythonKit = packageFile('kits/python');

/** How often the kernel has killed a process for lack of memory: of this control group, or else of the machine. */
const memoryKills = (): number => {
  for (const [file, pattern] of [
    [`/sys/fs/cgroup${ownGroup()}/memory.events`, /^oom_kill (\d+)/m],
    ['/proc/vmstat', /^oom_kill (\d+)/m],
  ] as const) {
    const found = pattern.exec(textOf(file));
    if (found) return Number(found[1]);
  }
  return 0;
};

const ownGroup = (): string => /^0::(.*)$/m.exec(textOf('/proc/self/cgroup'))?.[1]?.replace(/\/$/, '') ?? '';

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** What a program's kit makes room for. */
export const mostInFlight = (load: Load, phases: readonly Phase[]): number =>
  Math.max(
    ...[load, ...phases.flatMap(phase => phase.load ?? [])].map(each =>
      each.model === 'closed' ? each.concurrency : each.maxInFlight,
    ),
  );
