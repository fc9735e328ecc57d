// Inside ws: a consumer that is slower than its messages come. The server sends more than it can handle.
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {WebSocket, WebSocketServer} from 'ws';
import {bandwidth, latency} from '../../model/fault.ts';
import type {StartedTarget} from '../../model/scenario-functions.ts';
import {HandledMessages} from '../builtin/handled-messages.ts';
import {defineScenario} from '../define-scenario.ts';
import {withVersion} from './installed-version.ts';

type Options = {
  /** Messages that may be waiting or at work before the application pauses the WebSocket; null is no bound. */
  readonly pauseAbove: number | null;
};

const asUsersGetIt: Options = {pauseAbove: null};

/** 8 KiB of text. */
const news = 'x'.repeat(8192);
/** What a message waits for: ten at a time, 10 ms each, so that 1,000 per second are handled. */
const handleMs = 10;
const handlers = 10;

/** 4,000 messages per second, as long as the connection takes them. */
const perTurn = 40;
const turnMs = 10;
const bufferedBytesAtMost = 1_048_576;

const feed = (socket: WebSocket): void => {
  const turns = setInterval(() => {
    for (let sent = 0; sent < perTurn && socket.bufferedAmount < bufferedBytesAtMost; sent++) {
      socket.send(news);
    }
  }, turnMs);
  socket.on('close', () => clearInterval(turns));
};

const serve = async (): Promise<StartedTarget> => {
  const server = new WebSocketServer({host: '127.0.0.1', port: 0});
  await once(server, 'listening');
  server.on('connection', socket => {
    socket.on('error', () => {});
    feed(socket);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    description: `${withVersion('ws')}, in a process of this run`,
    stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
};

/** A consumer as its users write it: an event for each message, and a few handlers. */
class Consumer {
  readonly messages = new HandledMessages();
  readonly #socket: WebSocket;
  readonly #pauseAbove: number;
  readonly #waiting: string[] = [];
  #busy = 0;
  #isClosing = false;

  private constructor(socket: WebSocket, {pauseAbove}: Options) {
    this.#socket = socket;
    this.#pauseAbove = pauseAbove ?? Number.POSITIVE_INFINITY;
    socket.on('error', () => {});
    socket.on('message', data => {
      this.#waiting.push(String(data));
      if (this.#waiting.length > this.#pauseAbove) socket.pause();
      this.#handleNext();
    });
  }

  static async open(url: string, options: Options): Promise<Consumer> {
    const socket = new WebSocket(url);
    const consumer = new Consumer(socket, options);
    await once(socket, 'open');
    return consumer;
  }

  close(): void {
    this.#isClosing = true;
    // What has not been handled is given up: the server's close frame comes after all that it has sent.
    this.#socket.terminate();
  }

  #handleNext(): void {
    while (this.#busy < handlers && this.#waiting.length > 0 && !this.#isClosing) {
      this.#busy++;
      void this.#handle(this.#waiting.shift()!);
    }
    if (this.#socket.isPaused && this.#waiting.length <= this.#pauseAbove / 2) this.#socket.resume();
  }

  async #handle(_text: string): Promise<void> {
    await sleep(handleMs);
    this.messages.handled();
    this.#busy--;
    this.#handleNext();
  }
}

const process = {heapLimitMiB: 256};

export default defineScenario({
  name: 'inside-slow-consumer',
  observation: 'A service that follows a feed over a WebSocket uses more and more memory until it crashes.',
  remarks: [
    'The server sends up to 4,000 messages per second, as many as the connection takes; the application handles about 1,000 messages of 8 KiB per second, and an operation is one message handled. Where messages wait is up to the application: ws emits an event for each as it arrives, and offers `pause()` and `resume()` (https://github.com/websockets/ws/blob/master/doc/ws.md#websocketpause).',
    'The heap of both variants is limited to 256 MiB, so that it fills in seconds instead of minutes.',
  ],
  target: {start: serve},
  supports: {ws: '>=8.14 <9'},
  variants: [
    {name: 'as-it-comes', options: asUsersGetIt, process},
    {
      name: 'paused',
      options: {pauseAbove: 100},
      process,
      change: 'Pause the WebSocket while more than 100 messages wait (`pause()`), and resume it at 50.',
    },
  ],
  load: {model: 'closed', concurrency: 16},
  operation: {deadlineMs: 5000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 5000},
    {name: 'far', role: 'fault', durationMs: 3000, faults: [latency({latencyMs: 40})]},
    {
      name: 'narrow',
      role: 'fault',
      durationMs: 3000,
      faults: [bandwidth({bytesPerSecond: 2_000_000})],
    },
    {name: 'recovery', role: 'recovery', durationMs: 4000},
  ],
  goals: {
    baseline: {successRatio: {min: 0.99}},
    run: {hungCount: {max: 0}, heapMaxBytes: {max: 150_000_000}},
  },
  subject: {
    open: ({url, options}) => Consumer.open(url, options),
    async perform(consumer) {
      await consumer.messages.next();
      return undefined;
    },
    close: consumer => consumer.close(),
  },
});
