// Counts the connects that the process begins towards one port. The injector sees those that reach it; a connect that is
// refused, or whose packets are dropped, is seen here alone. Child processes and worker threads have channels of their own.
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import type {Socket} from 'node:net';

/** Node publishes each socket that a client makes, by net, tls, http, or a library's own `new Socket()`. */
const channel = 'net.client.socket';

export class Connects {
  readonly #port: number;
  #count = 0;

  /** @param url where the library connects to; the exporters of telemetry go elsewhere */
  constructor(url: string) {
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

  stop(): void {
    unsubscribe(channel, this.#onSocket);
  }

  readonly #onSocket = (message: unknown): void => {
    (message as {readonly socket: Socket}).socket.on('connectionAttempt', this.#onAttempt);
  };

  /** Its address is known only when it tries; a name with several addresses is tried several times. */
  readonly #onAttempt = (_address: string, port: number): void => {
    if (port === this.#port) this.#count++;
  };
}
