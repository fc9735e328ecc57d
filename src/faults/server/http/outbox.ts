// What the client is sent, in order: bytes at once or at a rate, and then the end of the connection.

import {Alarm} from '../alarm.ts';
import type {Ending} from '../stage.ts';

/** Bytes at a rate are sent in slices of this duration, so that they trickle instead of coming in bursts. */
const sliceMs = 50;

export type OutboxHost = {
  readonly send: (data: Buffer) => void;
  readonly end: (ending: Ending) => void;
  /** There is room again. */
  readonly drained: () => void;
  /** How much the client takes now; `pump` is called when it takes more. Absent: anything. */
  readonly roomBytes?: () => number;
  /** Runs what may throw. */
  readonly contain: (act: () => void) => void;
};

type Item =
  | {readonly kind: 'bytes'; data: Buffer; readonly bytesPerSecond: number}
  | {readonly kind: 'call'; readonly call: () => void}
  | {readonly kind: 'end'; readonly ending: Ending};

export class Outbox {
  readonly #host: OutboxHost;
  readonly #items: Item[] = [];
  readonly #alarm = new Alarm(() => this.#host.contain(() => this.pump()));
  /** When the bytes before will have been sent. */
  #freeMs = 0;
  /** Bytes that wait. */
  waitingBytes = 0;
  #isPumping = false;

  constructor(host: OutboxHost) {
    this.#host = host;
  }

  get isFull(): boolean {
    return this.#items.length > 0;
  }

  send(data: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY): void {
    if (data.length === 0) return;
    const isFirst = !this.isFull;
    if (isFirst && bytesPerSecond === Number.POSITIVE_INFINITY && data.length <= this.#roomBytes()) {
      this.#host.send(data);
      return;
    }
    this.waitingBytes += data.length;
    this.#items.push({kind: 'bytes', data, bytesPerSecond});
    if (!isFirst) return;
    this.#freeMs = Math.max(this.#freeMs, performance.now());
    this.pump();
  }

  end(ending: Ending): void {
    this.#items.push({kind: 'end', ending});
    if (this.#items.length === 1) this.pump();
  }

  /** Calls back when everything before has been sent, at once if nothing waits. */
  whenSent(call: () => void): void {
    if (this.isFull) this.#items.push({kind: 'call', call});
    else call();
  }

  /** Sends all that waits, at once. */
  flushNow(): void {
    for (const [index, item] of this.#items.entries()) {
      if (item.kind === 'bytes') this.#items[index] = {...item, bytesPerSecond: Number.POSITIVE_INFINITY};
    }
    if (this.isFull) this.pump();
  }

  kill(): void {
    this.#items.length = 0;
    this.waitingBytes = 0;
    this.#alarm.clear();
  }

  #roomBytes(): number {
    return this.#host.roomBytes?.() ?? Number.POSITIVE_INFINITY;
  }

  /** Sends what may be sent now. */
  pump(): void {
    // What is sent may lead here again.
    if (!this.isFull || this.#isPumping) return;
    this.#isPumping = true;
    const isDone = this.#sendItems();
    this.#isPumping = false;
    if (isDone) this.#host.drained();
  }

  /** Returns whether all was sent, and the connection goes on. */
  #sendItems(): boolean {
    for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
      if (item.kind === 'end') {
        this.kill();
        this.#host.end(item.ending);
        return false;
      }
      if (item.kind === 'call') {
        this.#items.shift();
        item.call();
        continue;
      }
      const sliceBytes = Math.max(1, Math.floor((item.bytesPerSecond * sliceMs) / 1000));
      const slice = item.data.subarray(0, Math.max(0, Math.min(sliceBytes, this.#roomBytes())));
      if (slice.length === 0) return false;
      const dueMs = this.#freeMs + (slice.length / item.bytesPerSecond) * 1000;
      if (performance.now() < dueMs) {
        this.#alarm.set(dueMs);
        return false;
      }
      this.#freeMs = dueMs;
      this.waitingBytes -= slice.length;
      item.data = item.data.subarray(slice.length);
      if (item.data.length === 0) this.#items.shift();
      this.#host.send(slice);
    }
    return true;
  }
}
