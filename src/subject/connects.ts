// Counts the connects that the process begins towards one port, and the connections that come of them. The injector sees those
// that reach it; a connect that is refused, or whose packets are dropped, is seen here alone. Child processes and worker
// threads have channels of their own.
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import type {Socket} from 'node:net';

/** Node publishes each socket that a client makes, by net, tls, http, or a library's own `new Socket()`. */
const channel = 'net.client.socket';

export class Connects {
  readonly #port: number;
  readonly #now: () => number;
  #count = 0;
  #hasConnected = false;
  #openCount = 0;
  #lastOpenMs = Number.NEGATIVE_INFINITY;

  /** @param url where the library connects to; the exporters of telemetry go elsewhere */
  constructor(url: string, now: () => number) {
    this.#now = now;
    const {port, protocol} = new URL(url);
    this.#port = Number(port) || (protocol === 'https:' ? 443 : 80);
    subscribe(channel, this.#onSocket);
  }

  /** How many there were since the last call. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /**
   * Whether it is certain that nothing was sent since then: no connection was open at any time. Not so for a process that had
   * none at all: its library may connect where it is not seen.
   */
  hadNoneSince(sinceMs: number): boolean {
    return this.#hasConnected && this.#openCount === 0 && this.#lastOpenMs < sinceMs;
  }

  stop(): void {
    unsubscribe(channel, this.#onSocket);
  }

  readonly #onSocket = (message: unknown): void => {
    const {socket} = message as {readonly socket: Socket};
    socket.on('connectionAttempt', this.#onAttempt);
    socket.on('connect', () => this.#noteOpen(socket));
  };

  /** Its address is known only when it tries; a name with several addresses is tried several times. */
  readonly #onAttempt = (_address: string, port: number): void => {
    if (port === this.#port) this.#count++;
  };

  #noteOpen(socket: Socket): void {
    if (socket.remotePort !== this.#port) return;
    this.#hasConnected = true;
    this.#openCount++;
    socket.once('close', () => {
      this.#openCount--;
      this.#lastOpenMs = this.#now();
    });
  }
}
