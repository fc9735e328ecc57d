// ws: messages with answers over one WebSocket. The library ends with its connection; this application opens a new
// one.
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {WebSocket, WebSocketServer} from 'ws';
import {messageIds} from '../../model/message-id.ts';
import type {LedgerWriter, StartedTarget} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, answerOf, arrivalOf, messageOf, NoArrival} from './arrivals.ts';
import {withVersion} from './installed-version.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

type Options = {
  /** The library's option for the opening of a WebSocket; null is no limit. */
  readonly handshakeTimeoutMs: number | null;
  /** The longest time without a ping of the server, after which the application ends the WebSocket. */
  readonly silenceMs: number | null;
  /** The application's own, of each operation. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {handshakeTimeoutMs: null, silenceMs: null, limitMs: null};

/** As in the README of ws, but more often. */
const pingEveryMs = 500;
/** Between two attempts of the application to open a WebSocket. */
const pauseMs = 250;
const batchSize = 4;

/** Answers `{"ask": …}` to its sender, and sends `{"tell": …}` to all clients. */
const serve = async (ledger: LedgerWriter): Promise<StartedTarget> => {
  const server = new WebSocketServer({host: '127.0.0.1', port: 0});
  await once(server, 'listening');
  server.on('connection', socket => {
    socket.on('error', () => {});
    socket.on('message', data => {
      const {ask, tell} = JSON.parse(String(data)) as {readonly ask?: string; readonly tell?: string};
      const text = ask ?? tell ?? '';
      const id = arrivalOf(text)?.id ?? '';
      ledger.attempt(id);
      ledger.effect(id);
      for (const each of tell === undefined ? [socket] : server.clients) each.send(text);
      ledger.answered(id);
    });
  });
  const pings = setInterval(() => {
    for (const socket of server.clients) socket.ping();
  }, pingEveryMs);
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    description: `${withVersion('ws')}, in a process of this run`,
    stop() {
      clearInterval(pings);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
};

class NotOpened extends Error {
  override readonly name = 'NotOpened';
}

class Application {
  readonly #url: string;
  readonly #options: Options;
  readonly #arrivals = new Arrivals();
  #opened: Promise<WebSocket> | null = null;
  #mayOpenAtMs = 0;

  constructor(url: string, options: Options) {
    this.#url = url;
    this.#options = options;
  }

  /** Sends messages, one or several at once, and waits for the answer of each. */
  async ask(names: readonly string[]): Promise<string[]> {
    const socket = await this.opened();
    return Promise.all(names.map(name => this.#exchange(socket, name, 'ask')));
  }

  /** Sends to all clients, and waits until it has come to the application itself. */
  async tell(id: string): Promise<string> {
    return this.#exchange(await this.opened(), id, 'tell');
  }

  async close(): Promise<void> {
    const socket = await this.#opened?.catch(() => null);
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }

  /** The current WebSocket, or a new one; callers that come while it opens share it. */
  async opened(): Promise<WebSocket> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (cause) {
      throw new NotOpened('there is no WebSocket to send it on', {cause});
    }
  }

  #open(): Promise<WebSocket> {
    const opened: Promise<WebSocket> = this.#connect(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  async #connect(ended: () => void): Promise<WebSocket> {
    const {handshakeTimeoutMs, silenceMs} = this.#options;
    const restMs = this.#mayOpenAtMs - performance.now();
    if (restMs > 0) await sleep(restMs);
    this.#mayOpenAtMs = performance.now() + pauseMs;
    const socket = new WebSocket(
      this.#url,
      handshakeTimeoutMs === null ? {} : {handshakeTimeout: handshakeTimeoutMs},
    );
    socket.on('close', () => {
      ended();
      this.#arrivals.fail(new NoArrival('the WebSocket was closed before the answer came'));
    });
    socket.on('message', data => {
      const arrival = arrivalOf(String(data));
      if (arrival) this.#arrivals.came(arrival);
    });
    if (silenceMs !== null) watchPings(socket, silenceMs);
    await once(socket, 'open');
    socket.on('error', () => {});
    return socket;
  }

  async #exchange(socket: WebSocket, id: string, kind: 'ask' | 'tell'): Promise<string> {
    const arrival = this.#arrivals.next(id);
    const sent = new Promise<void>((resolve, reject) =>
      socket.send(JSON.stringify({[kind]: messageOf(id)}), error => (error ? reject(error) : resolve())),
    );
    try {
      const [{text}] = await Promise.all([arrival, sent]);
      return text;
    } catch (error) {
      this.#arrivals.forget(id);
      throw error;
    }
  }
}

/**
 * As the README of ws recommends for clients:
 * https://github.com/websockets/ws#how-to-detect-and-close-broken-connections.
 */
const watchPings = (socket: WebSocket, silenceMs: number): void => {
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.terminate(), silenceMs);
  };
  socket.on('open', heard);
  socket.on('ping', heard);
  socket.on('close', () => clearTimeout(timer));
};

export default defineScenario({
  name: 'ws',
  observation: 'When the network goes silent, the WebSocket stays open, and answers never arrive.',
  remarks: [
    'ws neither reopens a lost WebSocket nor matches answers to requests. The application of this scenario does both, and opens a new one when the next operation needs it, at most every 250 ms; what the report says about that concerns the application.',
    'ws sets no time limit by default, and WebSocket itself has none; detecting a silent connection with pings is up to the application (https://github.com/websockets/ws#how-to-detect-and-close-broken-connections). The server of this scenario sends a ping every 500 ms, to fit the short phases.',
    'WebSocket promises no delivery: what was sent before the connection was lost may or may not have been applied, and broadcasts may not have arrived. So only the answers that operations wait for are checked.',
  ],
  target: {start: ({ledger}) => serve(ledger)},
  supports: {ws: '>=8.14 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {handshakeTimeoutMs: 1000, silenceMs: 750, limitMs: 900},
      change:
        'Bound the opening (`handshakeTimeout: 1000`), end a WebSocket without a ping for 750 ms (`terminate()`, as in the README), and limit each operation to 900 ms in the application.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}, wrongCount: {max: 0}}},
  subject: {
    async open({url, options}) {
      const application = new Application(url, options);
      await application.opened();
      return {application, limitMs: options.limitMs};
    },
    async perform({application, limitMs}, {id}) {
      const turn = operationNumber(id) % 3;
      if (turn === 2) return answerOf(id, [await within(limitMs, application.tell(id))]);
      const names = messageIds(id, turn === 0 ? 1 : batchSize);
      return answerOf(id, await within(limitMs, application.ask(names)), names);
    },
    close: ({application}) => application.close(),
    classify: error => (error instanceof NotOpened ? 'rejected' : 'unknown'),
  },
});
