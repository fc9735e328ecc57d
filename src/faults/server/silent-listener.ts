// A listener that leaves the SYN unanswered, as a host behind a dead route does: connects hang, and are neither accepted nor
// refused. Linux drops a SYN while the queue of accepted connections is full, and this one's is, since its thread sleeps.

import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import {entryUrl} from '../../model/own-files.ts';
import type {HostPort} from './address.ts';
import type {SilentListenerMessage} from './silent-listener-main.ts';

const entry = entryUrl('faults/server/silent-listener-main');
/** With a backlog of 1 the kernel takes two. */
const queuedConnections = 2;
/** A filler that is not connected by then has found the queue full: of clients that were faster. */
const fillMs = 100;

export class SilentListener {
  readonly #worker: Worker;
  readonly #gate: Int32Array;
  #fillers: readonly Socket[] = [];

  private constructor(worker: Worker, gate: Int32Array) {
    this.#worker = worker;
    this.#gate = gate;
  }

  /** Starts the thread, so that only the listening itself is left to do. */
  static async start(): Promise<SilentListener> {
    const gate = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const worker = new Worker(entry, {workerData: gate, execArgv: []});
    await once(worker, 'message');
    return new SilentListener(worker, new Int32Array(gate));
  }

  /** Resolves with whether connects to that address now hang; false where another process has the address. */
  async listen({host, port}: HostPort): Promise<boolean> {
    this.#worker.postMessage({host, port});
    const [message] = (await once(this.#worker, 'message')) as [SilentListenerMessage];
    if (message.kind === 'failed') return false;
    // On every interface there is the loopback, too.
    const near = host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
    this.#fillers = Array.from({length: queuedConnections}, () => connect({host: near, port}).unref());
    await Promise.all(this.#fillers.map(filled));
    return true;
  }

  /** Releases the address. A client that is still trying to connect then reaches whatever listens next. */
  async end(): Promise<void> {
    Atomics.store(this.#gate, 0, 1);
    Atomics.notify(this.#gate, 0);
    for (const filler of this.#fillers) filler.destroy();
    await Promise.all([once(this.#worker, 'exit'), this.#worker.terminate()]);
  }
}

const filled = async (filler: Socket): Promise<void> => {
  filler.on('error', () => filler.destroy());
  const isOver = new AbortController();
  const {signal} = isOver;
  await Promise.race([once(filler, 'connect', {signal}), sleep(fillMs, undefined, {signal})]).finally(() =>
    isOver.abort(),
  );
};
