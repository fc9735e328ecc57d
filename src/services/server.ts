// A server that foulweather starts: its commands, one after the other, how it goes and comes back, and its end.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chownSync, readFileSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf} from '../model/error-message.ts';
import {withTimeout} from '../model/with-timeout.ts';
import {freeze, killTree, thaw} from './process-tree.ts';
import type {WayToGo} from './protocol.ts';
import type {Command, Place, Service} from './service.ts';

const askEveryMs = 50;
/** The parent waits a little longer before it kills the process group. */
const stopLimitMs = 2000;
/** RabbitMQ takes several seconds to stop; then it is killed, as its operators' tools do. */
const goodbyeLimitMs = 15_000;
/** Where it does not come back at once: its port may be another's for a moment. */
const returnAttempts = 5;
const returnPauseMs = 500;
const tailBytes = 4096;

export type ServerOptions = {
  readonly service: Service;
  readonly place: Place;
  readonly account: Account | null;
  readonly environment: NodeJS.ProcessEnv;
};

export class Server {
  readonly #options: ServerOptions;
  readonly #running = new Set<ChildProcess>();
  /** Those whose end was asked for. */
  readonly #leaving = new WeakSet<ChildProcess>();
  #said = '';
  #isReady = false;
  #stopping = false;
  /** The server itself: the others help it. */
  #server: ChildProcess | null = null;
  /** Aborted when it ends without having been asked to. */
  #broken: AbortSignal = new AbortController().signal;
  /** Its processes while they stand still. */
  #paused: readonly number[] = [];
  readonly #onEnd: (why: Error) => void;

  /** @param onEnd called when a part of it ends that was ready, and was not asked to */
  constructor(options: ServerOptions, onEnd: (why: Error) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  /**
   * Its version, once it is ready.
   * @throws Error that ends with its last output, where it ends instead
   */
  async start(): Promise<string> {
    const {service, place, account} = this.#options;
    if (account) chownSync(place.folder, account.uid, account.gid);
    for (const [name, text] of Object.entries(service.files?.(place) ?? {})) {
      writeFileSync(`${place.folder}/${name}`, text);
    }
    for (const command of service.setUp?.(place) ?? []) {
      const child = this.#spawn(command);
      const end = await ended(child);
      if (end !== 'exit code 0') throw this.#failure(command, end);
    }
    const broken = new AbortController();
    for (const command of service.run(place)) this.#run(command, broken);
    return this.#untilReady();
  }

  /**
   * Returns when it has ended, or stands still. What helps it stays.
   * @throws Error where a process cannot be reached
   */
  async takeAway(how: WayToGo): Promise<void> {
    const server = this.#server;
    if (!server?.pid) return;
    this.#isReady = false;
    if (how === 'pause') {
      this.#paused = freeze(server.pid);
      return;
    }
    this.#leaving.add(server);
    const gone = ended(server).then(() => true);
    if (how === 'stop') {
      server.kill(this.#options.service.goodbyeSignal);
      if (await withTimeout(goodbyeLimitMs, gone, () => false)) return;
    }
    killTree(server.pid);
    await gone;
  }

  /**
   * Returns when it is ready again.
   * @throws Error that ends with its last output, where it does not start again
   */
  async bringBack(): Promise<void> {
    const command = this.#options.service.run(this.#options.place).at(-1)!;
    if (this.#paused.length > 0) {
      this.#letGoOn();
      await this.#untilReady();
      return;
    }
    for (let attempt = 1; ; attempt++) {
      this.#run(command, new AbortController());
      try {
        await this.#untilReady();
        return;
      } catch (error) {
        if (attempt === returnAttempts) throw error;
        await sleep(returnPauseMs);
        if (this.#stopping) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const {stopSignal} = this.#options.service;
    const running = [...this.#running];
    const gone = Promise.all(running.map(ended));
    this.#letGoOn();
    for (const child of running) child.kill(stopSignal);
    await withTimeout(stopLimitMs, gone, () => []);
    for (const child of running) child.kill('SIGKILL');
  }

  /** A process that stands still takes no signal but SIGKILL. */
  #letGoOn(): void {
    thaw(this.#paused);
    this.#paused = [];
  }

  #run(command: Command, broken: AbortController): void {
    const child = this.#spawn(command);
    this.#server = child;
    this.#broken = broken.signal;
    void ended(child).then(end => {
      this.#running.delete(child);
      if (this.#stopping || this.#leaving.has(child)) return;
      const why = this.#failure(command, end);
      broken.abort(why);
      if (this.#isReady) this.#onEnd(why);
    });
  }

  #spawn({file, args, env}: Command): ChildProcess {
    const {account, place, environment} = this.#options;
    const child = spawn(file, args, {
      cwd: place.folder,
      env: {...environment, HOME: place.folder, TMPDIR: place.folder, ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account && {uid: account.uid, gid: account.gid}),
    });
    const hear = (text: string): void => {
      this.#said = `${this.#said}${text}`.slice(-tailBytes);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    this.#running.add(child);
    return child;
  }

  async #untilReady(): Promise<string> {
    const {service, place} = this.#options;
    const address = {host: '127.0.0.1', port: place.ports[0], user: '', password: ''};
    const broken = this.#broken;
    for (;;) {
      if (broken.aborted) throw broken.reason;
      try {
        const version = await service.version(address);
        this.#isReady = true;
        return version;
      } catch {
        // Not ready yet: the parent has a limit to this.
        await sleep(askEveryMs);
      }
    }
  }

  #failure({file}: Command, end: string): Error {
    const lines = this.#said.trim().split('\n').slice(-5).join('\n');
    return new Error(`${file} ended (${end})${lines === '' ? '' : `:\n${lines}`}`);
  }
}

/** How a process ended, in words. */
const ended = async (child: ChildProcess): Promise<string> => {
  try {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  } catch (error) {
    return messageOf(error);
  }
  return child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`;
};

export type Account = {readonly name: string; readonly uid: number; readonly gid: number};

/** Of the text of /etc/passwd. */
export const accountIn = (passwd: string, names: readonly string[]): Account | null => {
  const lines = passwd.split('\n').map(line => line.split(':'));
  for (const name of names) {
    const line = lines.find(([first]) => first === name);
    if (line) return {name, uid: Number(line[2]), gid: Number(line[3])};
  }
  return null;
};

/** The first of these that the machine has; null for the user's own account, which is used by all but root. */
export const accountOf = (names: readonly string[]): Account | null =>
  process.getuid?.() === 0 ? accountIn(readFileSync('/etc/passwd', 'utf8'), names) : null;
