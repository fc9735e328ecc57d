// A fresh client on the same way as the library: when nothing succeeds for a while after a fault, it shows whether
// the way is to blame. It makes no connection as long as the library gets through.
import {request} from 'node:http';
import {connect, type Socket} from 'node:net';
import type {TrialEvent} from '../../model/event.ts';
import type {Plan} from '../../model/plan.ts';
import type {ComebackWatch} from './comeback-watch.ts';

export type ProbeOptions = {
  readonly plan: Plan;
  /** The target's address through the injector. */
  readonly url: string;
  readonly comeback: ComebackWatch;
  readonly now: () => number;
  readonly record: (event: TrialEvent) => void;
};

const probeEveryMs = 1000;
const probeLimitMs = 1000;
/** Nothing has succeeded for so long without a fault; the driver's reports are half a second to a second and a half old. */
const quietMs = 2500;
/** A proxy accepts before it knows whether the target does: a connection that is closed within this time was not let in. */
const heldMs = 300;

/** No fresh client is sent through a fault: the injector would count it among those that the fault hit. */
export class ControlProbe {
  readonly #options: ProbeOptions;
  readonly #timer: NodeJS.Timeout;
  /** The injector cannot distinguish them from the library's. */
  readonly #open = new Map<Socket, {readonly openedMs: number; readonly port: number}>();
  #isOver = false;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#probe(), probeEveryMs);
  }

  finish(): void {
    clearInterval(this.#timer);
    this.#isOver = true;
    for (const socket of this.#open.keys()) {
      this.#closed(socket);
      socket.destroy();
    }
  }

  async #probe(): Promise<void> {
    const {plan, url, comeback, now, record} = this.#options;
    const isWanted = (): boolean => !this.#isOver && comeback.isCalm && comeback.quietMs(now()) >= quietMs;
    if (!isWanted()) return;
    const atMs = now();
    const note = (socket: Socket): void => {
      socket.once('connect', () => this.#opened(socket));
    };
    const ok = await (plan.target.kind === 'http' ? answers(url, note) : accepts(url, note));
    // A try that met a fault, or became needless by a success, says nothing.
    if (isWanted()) record({kind: 'probe', atMs, ok});
  }

  #opened(socket: Socket): void {
    const {localPort: port} = socket;
    if (port === undefined || this.#isOver) {
      socket.destroy();
      return;
    }
    this.#open.set(socket, {openedMs: this.#options.now(), port});
    socket.once('close', () => this.#closed(socket));
  }

  #closed(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection || !this.#open.delete(socket)) return;
    const {now, record} = this.#options;
    record({kind: 'control-connection', ...connection, closedMs: now()});
  }
}

const answers = (url: string, note: (socket: Socket) => void): Promise<boolean> =>
  new Promise(resolve => {
    const sent = request(`${url}/foulweather-control`, {agent: false, timeout: probeLimitMs}, response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    sent.on('socket', note);
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
    sent.on('close', () => resolve(false));
    sent.end();
  });

/** For protocols that foulweather does not speak: a connection that is accepted and stays open. */
const accepts = (url: string, note: (socket: Socket) => void): Promise<boolean> =>
  new Promise(resolve => {
    const {hostname, port} = new URL(url);
    const socket = connect(Number(port), hostname);
    note(socket);
    let isOpen = false;
    const late = setTimeout(() => socket.destroy(), probeLimitMs);
    const held = (): void => {
      resolve(true);
      socket.destroy();
    };
    socket.on('connect', () => {
      isOpen = true;
      setTimeout(() => isOpen && held(), heldMs);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isOpen = false;
      clearTimeout(late);
      resolve(false);
    });
    socket.resume();
  });
