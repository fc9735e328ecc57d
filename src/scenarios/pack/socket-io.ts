// socket.io-client: events with acknowledgements. The library reconnects by itself.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Server} from 'socket.io';
import {io, type ManagerOptions, type Socket, type SocketOptions} from 'socket.io-client';
import {messageIds} from '../../model/message-id.ts';
import type {LedgerWriter, OpenContext, StartedTarget} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, answerOf, arrivalOf, messageOf} from './arrivals.ts';
import {withVersion} from './installed-version.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

type Options = {
  readonly client: Partial<
    Pick<
      ManagerOptions & SocketOptions,
      'retries' | 'ackTimeout' | 'reconnectionDelay' | 'reconnectionDelayMax' | 'timeout'
    >
  >;
  /** Of the wait for an acknowledgement: `socket.timeout(…)`; null is none. */
  readonly ackLimitMs: number | null;
  /** The application's own, of the wait for a broadcast. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {client: {}, ackLimitMs: null, limitMs: null};

const batchSize = 4;

const soonBack = {reconnectionDelay: 250, reconnectionDelayMax: 500, timeout: 1000};

/**
 * Acknowledges `order` with its content, once it has been sent to all clients; they get `news` of an order each time
 * it comes, with how often that was. An order that comes again is not applied again.
 */
const serve = async (ledger: LedgerWriter): Promise<StartedTarget> => {
  const http = createServer();
  const server = new Server(http, {pingInterval: 500, pingTimeout: 500});
  const times = new Map<string, number>();
  const apply = (text: string): number => {
    const id = arrivalOf(text)?.id ?? '';
    const time = (times.get(id) ?? 0) + 1;
    times.set(id, time);
    ledger.attempt(id);
    if (time === 1) ledger.effect(id);
    ledger.answered(id);
    return time;
  };
  server.on('connection', socket => {
    socket.on('order', (text: string, acknowledge: (answer: string) => void) => {
      const time = apply(text);
      if (time === 1) server.emit('news', text, time);
      acknowledge(text);
    });
    socket.on('news', (text: string, acknowledge: (answer: string) => void) => {
      server.emit('news', text, apply(text));
      acknowledge(text);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    description: `${withVersion('socket.io')}, in a process of this run`,
    stop: () => server.close(),
  };
};

class Application {
  readonly socket: Socket;
  readonly #options: Options;
  readonly #news = new Arrivals();

  private constructor(socket: Socket, options: Options, delivered: (id: string) => void) {
    this.socket = socket;
    this.#options = options;
    socket.on('news', (text: string, time: number) => {
      const arrival = arrivalOf(text);
      if (!arrival) return;
      // What the server sends again is another event.
      if (time === 1) delivered(arrival.id);
      this.#news.came(arrival);
    });
  }

  static async open({url, options, delivered}: OpenContext<Options>): Promise<Application> {
    const application = new Application(io(url, options.client), options, delivered);
    await new Promise<void>((resolve, reject) => {
      application.socket.once('connect', resolve);
      application.socket.once('connect_error', reject);
    });
    return application;
  }

  /** Events, one or several at once, and the acknowledgement of each. */
  order(names: readonly string[]): Promise<string[]> {
    return Promise.all(names.map(name => this.#emit('order', name)));
  }

  /** An event that the server sends to all: waits until it has come back to the application itself. */
  async news(id: string): Promise<string> {
    const arrival = this.#news.next(id);
    try {
      const both = Promise.all([arrival, this.#emit('news', id)]);
      const [{text}] = await within(this.#options.limitMs, both);
      return text;
    } catch (error) {
      this.#news.forget(id);
      throw error;
    }
  }

  #emit(event: string, id: string): Promise<string> {
    const {ackLimitMs} = this.#options;
    const emitter = ackLimitMs === null ? this.socket : this.socket.timeout(ackLimitMs);
    return emitter.emitWithAck(event, messageOf(id)) as Promise<string>;
  }
}

export default defineScenario({
  name: 'socket-io',
  observation:
    'When the network is bad, acknowledgements never arrive, and afterwards everything is sent at once.',
  remarks: [
    'Socket.IO promises at-most-once delivery by default, and at-least-once from client to server with `retries` (https://socket.io/docs/v4/delivery-guarantees). The server of this scenario applies a repeated order only once, as the documentation asks; its broadcasts arrive at most once in every variant, and are checked against that.',
    'By default the client waits for an acknowledgement without limit, and keeps events while disconnected (https://socket.io/docs/v4/client-offline-behavior).',
    'With `retries` the library sends one event at a time, in order (https://socket.io/docs/v4/client-options/#retries): the round-trip time limits how many it sends per second.',
    'The server pings every 500 ms and waits 500 ms, instead of the defaults of 25 s and 20 s (https://socket.io/docs/v4/server-options/#pinginterval), to fit the short phases; the client of every variant learns this from the server, and ends a connection without pings.',
  ],
  target: {start: ({ledger}) => serve(ledger)},
  supports: {'socket.io-client': '>=4.6 <5'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'retries',
      options: {client: {...soonBack, retries: 3, ackTimeout: 250}, ackLimitMs: null, limitMs: 900},
      change:
        'Deliver at least once (`retries: 3`, `ackTimeout: 250`), and reconnect quickly (`reconnectionDelay: 250`, `reconnectionDelayMax: 500`, `timeout: 1000`).',
    },
    {
      name: 'bounded',
      options: {client: soonBack, ackLimitMs: 900, limitMs: 900},
      change:
        'Bound the wait for an acknowledgement (`socket.timeout(900)`), and reconnect quickly (`reconnectionDelay: 250`, `reconnectionDelayMax: 500`, `timeout: 1000`).',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: true, deliveries: 'at-most-once'},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}, wrongCount: {max: 0}}},
  subject: {
    open: context => Application.open(context),
    async perform(application, {id}) {
      const turn = operationNumber(id) % 3;
      if (turn === 2) return answerOf(id, [await application.news(id)]);
      const names = messageIds(id, turn === 0 ? 1 : batchSize);
      return answerOf(id, await application.order(names), names);
    },
    close: ({socket}) => socket.disconnect(),
  },
});
