// socket.io-client: events with acknowledgements. The library opens a lost connection again by itself.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Server} from 'socket.io';
import {io, type ManagerOptions, type Socket, type SocketOptions} from 'socket.io-client';
import {defineScenario, type LedgerWriter, type StartedTarget} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, arrivalOf, messageOf} from './arrivals.ts';
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

const soonBack = {reconnectionDelay: 250, reconnectionDelayMax: 500, timeout: 1000};

/** Acknowledges `order` with what it brought, and brings `news` to all who are there. An order that comes again is not applied again. */
const serve = async (ledger: LedgerWriter): Promise<StartedTarget> => {
  const http = createServer();
  const server = new Server(http, {pingInterval: 500, pingTimeout: 500});
  const applied = new Set<string>();
  const apply = (text: string): void => {
    const id = arrivalOf(text)?.id ?? '';
    ledger.attempt(id);
    if (!applied.has(id)) ledger.effect(id);
    applied.add(id);
    ledger.answered(id);
  };
  server.on('connection', socket => {
    socket.on('order', (text: string, acknowledge: (answer: string) => void) => {
      apply(text);
      acknowledge(text);
    });
    socket.on('news', (text: string, acknowledge: (answer: string) => void) => {
      apply(text);
      server.emit('news', text);
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

  private constructor(socket: Socket, options: Options) {
    this.socket = socket;
    this.#options = options;
    socket.on('news', (text: string) => {
      const arrival = arrivalOf(text);
      if (arrival) this.#news.came(arrival);
    });
  }

  static async open(url: string, options: Options): Promise<Application> {
    const application = new Application(io(url, options.client), options);
    await new Promise<void>((resolve, reject) => {
      application.socket.once('connect', resolve);
      application.socket.once('connect_error', reject);
    });
    return application;
  }

  /** An event, and its acknowledgement. */
  order(id: string): Promise<string> {
    return this.#emit('order', id);
  }

  /** Several events at once; the last one carries the operation's id. */
  async orderBatch(id: string): Promise<string> {
    const names = [`${id}.a`, `${id}.b`, `${id}.c`, id];
    const texts = await Promise.all(names.map(name => this.order(name)));
    return texts.at(-1)!;
  }

  /** An event that the server brings to all: waits until it has come back to the application itself. */
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
    'When the network is bad, acknowledgements never come, and after it everything is sent at once.',
  remarks: [
    'Socket.IO promises delivery at most once by default, and at least once with `retries` (https://socket.io/docs/v4/delivery-guarantees). The server of this scenario applies an order that comes again only once, as those docs ask for.',
    'By default an acknowledgement is waited for without a limit, and events are kept while there is no connection (https://socket.io/docs/v4/client-offline-behavior).',
    'With `retries` the library has one event under way at a time, in order (https://socket.io/docs/v4/client-options/#retries): a round trip of the network bounds how many it sends per second.',
    'The server pings every 500 ms and waits 500 ms, where 25 s and 20 s are the defaults (https://socket.io/docs/v4/server-options/#pinginterval), so that the short phases suffice; the client of every variant is told so by the server, and ends a connection without a ping.',
  ],
  target: {start: ({ledger}) => serve(ledger)},
  supports: {'socket.io-client': '>=4.6 <5'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'retries',
      options: {client: {...soonBack, retries: 3, ackTimeout: 250}, ackLimitMs: null, limitMs: 900},
      change:
        'Deliver at least once (`retries: 3`, `ackTimeout: 250`), and connect again soon (`reconnectionDelay: 250`, `reconnectionDelayMax: 500`, `timeout: 1000`).',
    },
    {
      name: 'bounded',
      options: {client: soonBack, ackLimitMs: 900, limitMs: 900},
      change:
        'Bound the wait for an acknowledgement (`socket.timeout(900)`), and connect again soon (`reconnectionDelay: 250`, `reconnectionDelayMax: 500`, `timeout: 1000`).',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  subject: {
    open: ({url, options}) => Application.open(url, options),
    async perform(application, {id}) {
      const kinds = [application.order, application.orderBatch, application.news] as const;
      const emit = kinds[operationNumber(id) % kinds.length]!;
      const text = await emit.call(application, id);
      return {echoedId: arrivalOf(text)?.id, intact: text === messageOf(id)};
    },
    close: ({socket}) => socket.disconnect(),
  },
});
