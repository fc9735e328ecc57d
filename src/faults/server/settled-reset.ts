// Resets a connection after its last bytes have arrived. A reset overtakes what the kernel has not delivered yet.

import type {Socket} from 'node:net';
import {Alarm} from './alarm.ts';

/** What was handed to the kernel has this long to arrive. */
const settleMs = 20;

export class SettledReset {
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
