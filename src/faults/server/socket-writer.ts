// The end of a link: the socket that it writes to, and the ways to end that.

import type {Socket} from 'node:net';
import {Alarm} from './alarm.ts';
import type {Ending} from './stage.ts';

export class SocketWriter {
  /** When bytes that a reset must not overtake were written, on the clock of `performance.now()`. */
  sentMs = 0;
  readonly #socket: Socket;
  readonly #reset: () => void;
  #settledReset: SettledReset | null = null;

  /** @param reset resets the connection */
  constructor(socket: Socket, reset: () => void) {
    this.#socket = socket;
    this.#reset = reset;
  }

  /** The socket holds as much as it should; a 'drain' follows. A large chunk that the kernel took at once does not count. */
  get isFull(): boolean {
    return this.#socket.writableLength > 0 && this.#socket.writableNeedDrain;
  }

  /** The kernel has not taken all that was written. */
  get isBehind(): boolean {
    return this.#socket.writableLength > 0;
  }

  write(data: Buffer): void {
    this.#socket.write(data);
  }

  end(ending: Ending): void {
    if (ending === 'half-close') this.#socket.end();
    else if (ending === 'close') this.close();
    else this.#settledReset = new SettledReset(this.#socket, this.sentMs, this.#reset);
  }

  /** Closes the socket altogether, once it has taken what was written. */
  close(): void {
    // A plain close says more than a shutdown: the peer gets a reset if it had sent data that was never read.
    if (this.#socket.writableLength === 0) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  /** A pending reset is cancelled. */
  cancel(): void {
    this.#settledReset?.cancel();
  }
}

/** What was handed to the kernel has this long to arrive. */
const settleMs = 20;

/** Resets a connection after its last bytes have arrived. A reset overtakes what the kernel has not delivered yet. */
class SettledReset {
  readonly #destination: Socket;
  readonly #reset: () => void;
  readonly #alarm = new Alarm(() => this.#look());

  /** `sentMs`: when the last bytes were written, on the clock of `performance.now()`. */
  constructor(destination: Socket, sentMs: number, reset: () => void) {
    this.#destination = destination;
    this.#reset = reset;
    this.#alarm.set(sentMs + settleMs);
  }

  cancel(): void {
    this.#alarm.clear();
  }

  #look(): void {
    if (this.#destination.writableLength === 0) this.#reset();
    else this.#alarm.set(performance.now() + settleMs);
  }
}
