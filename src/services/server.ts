// A server that foulweather starts: its commands, one after the other, and their end.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chownSync, readFileSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf} from '../model/error-message.ts';
import {withTimeout} from '../model/with-timeout.ts';
import type {Command, Place, Service} from './service.ts';

const askEveryMs = 50;
/** The parent waits a little longer before it kills the process group. */
const stopLimitMs = 2000;
const tailBytes = 4096;

export type ServerOptions = {
  readonly service: Service;
  readonly place: Place;
  readonly account: Account | null;
  readonly environment: NodeJS.ProcessEnv;
};

export class Server {
  readonly #options: ServerOptions;
  readonly #running: ChildProcess[] = [];
  #said = '';
  #stopping = false;
  readonly #onEnd: (why: Error) => void;

  /** @param onEnd called when a part of it ends without having been stopped */
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
    for (const command of service.run(place)) {
      const child = this.#spawn(command);
      void ended(child).then(end => {
        if (this.#stopping) return;
        const why = this.#failure(command, end);
        broken.abort(why);
        this.#onEnd(why);
      });
    }
    return this.#untilReady(broken.signal);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const {stopSignal} = this.#options.service;
    const gone = Promise.all(this.#running.map(ended));
    for (const child of this.#running) child.kill(stopSignal);
    await withTimeout(stopLimitMs, gone, () => []);
    for (const child of this.#running) child.kill('SIGKILL');
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
    this.#running.push(child);
    return child;
  }

  async #untilReady(broken: AbortSignal): Promise<string> {
    const {service, place} = this.#options;
    const address = {host: '127.0.0.1', port: place.ports[0], user: '', password: ''};
    for (;;) {
      if (broken.aborted) throw broken.reason;
      try {
        return await service.version(address);
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
