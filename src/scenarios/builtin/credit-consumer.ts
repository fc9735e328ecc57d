// A consumer of AMQP 1.0 with a full queue, and what it calls: the common part of the case studies about defaults.
import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo, Server} from 'node:net';
import rhea from 'rhea';
import {Pool} from 'undici';
import type {NonEmpty} from '../../model/non-empty.ts';
import {defineScenario, type PhaseInput, type Scenario} from '../define-scenario.ts';
import {HandledMessages} from './handled-messages.ts';

type Options = {
  /** Messages that may be unsettled at a time; null is the library's default. */
  readonly window: number | null;
};

const asUsersGetIt: Options = {window: null};

const downstreamMs = 5;
const downstreamConnections = 16;

/** A broker with a queue that never runs dry: it sends whatever the receiver gives credit for. */
const startBroker = async (): Promise<Server> => {
  const container = rhea.create_container({autosettle: true});
  // Encoded once, so that the broker is not the bottleneck.
  const order = {customer: 'c-1', lines: Array.from({length: 640}, (_, sku) => ({sku, quantity: 1}))};
  const encoded = rhea.message.encode({body: JSON.stringify(order)});
  container.on('sendable', ({sender}: rhea.EventContext) => {
    while (sender?.sendable()) sender.send(encoded, undefined, 0);
  });
  container.on('disconnected', () => {});
  container.on('connection_error', () => {});
  const server = container.listen({host: '127.0.0.1', port: 0});
  await once(server, 'listening');
  return server;
};

/** What a handler calls for each message. */
const startDownstream = async (): Promise<Server> => {
  const server = createServer((request: IncomingMessage, response) => {
    request.resume().on('end', () => setTimeout(() => response.end('ok'), downstreamMs));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

type Order = {readonly customer: string; readonly lines: readonly unknown[]};

/** Its types lack the option that switches reconnecting off. */
type Reconnecting = rhea.Connection & {set_reconnect?(reconnect: boolean): void};

/** A consumer as its users write it. */
export class Consumer {
  readonly messages = new HandledMessages();
  readonly #connection: rhea.Connection;
  readonly #downstream: Pool;
  readonly #window: number | null;
  #closing = false;

  constructor(url: string, {window}: Options) {
    const {hostname, port, searchParams} = new URL(url);
    this.#window = window;
    this.#downstream = new Pool(`http://127.0.0.1:${searchParams.get('downstream')}`, {
      connections: downstreamConnections,
    });
    const container = rhea.create_container();
    container.on('message', (context: rhea.EventContext) => void this.#handle(context));
    if (window !== null) {
      container.on('receiver_open', ({receiver}: rhea.EventContext) => receiver?.add_credit(window));
    }
    this.#connection = container.connect({host: hostname, port: Number(port)});
    this.#connection.open_receiver(
      window === null ? 'work' : {source: 'work', credit_window: 0, autoaccept: false},
    );
  }

  async close(): Promise<void> {
    this.#closing = true;
    const connection: Reconnecting = this.#connection;
    connection.set_reconnect?.(false);
    const ended = new Promise(resolve => {
      for (const end of ['connection_close', 'connection_error', 'disconnected'])
        connection.once(end, resolve);
    });
    connection.close();
    await ended;
    await this.#downstream.close();
  }

  async #handle({message, delivery, receiver}: rhea.EventContext): Promise<void> {
    // What still arrives while it closes goes back to the queue.
    if (this.#closing) return;
    const order = JSON.parse(message?.body as string) as Order;
    const {body} = await this.#downstream.request({
      path: '/orders',
      method: 'POST',
      body: JSON.stringify({customer: order.customer, lineCount: order.lines.length}),
    });
    await body.dump();
    if (this.#window !== null) {
      delivery?.accept();
      receiver?.add_credit(1);
    }
    this.messages.handled();
  }
}

const process = {heapLimitMiB: 256};

export type CreditCase = {
  readonly name: string;
  /** Of the change; it depends on the network. */
  readonly window: number;
  /** What a reader should know besides what holds for all of them. */
  readonly remarks: readonly string[];
  readonly phases: NonEmpty<PhaseInput>;
  /** The phase that the default does not survive. */
  readonly judged: string;
};

/** The process with the default crashes in the first seconds, so that each network needs a scenario that begins with it. */
export const creditCase = ({
  name,
  window,
  remarks,
  phases,
  judged,
}: CreditCase): Scenario<Consumer, Options> =>
  defineScenario({
    name,
    observation:
      'A consumer of a full queue slows down and runs out of memory. It is restarted, and crashes again.',
    remarks: [
      'The default is rhea’s: credit for 1,000 messages, renewed as messages arrive rather than as they are handled. autoaccept: false alone, or credit_window: 32 with a late accept, does not change that.',
      'The heap limit of 256 MiB is set by the scenario. A larger one is reached later; until then the effect is smaller.',
      'The downstream answers in 5 ms over 16 connections. A handler that keeps up with the broker would need no window.',
      'An operation is one message handled. Per phase, goodput counts up to a crash; over the whole run, the time after a crash counts as zero.',
      ...remarks,
    ],
    target: {
      async start() {
        const [broker, downstream] = await Promise.all([startBroker(), startDownstream()]);
        return {
          url: `amqp://127.0.0.1:${portOf(broker)}/?downstream=${portOf(downstream)}`,
          stop() {
            broker.close();
            downstream.close();
          },
        };
      },
    },
    variants: [
      {name: 'default-credit', options: asUsersGetIt, process},
      {
        name: `credit-${window}`,
        options: {window},
        process,
        change: `Give credit for ${window} messages, and for one more whenever one has been handled: credit_window 0, autoaccept false, add_credit.`,
      },
    ],
    sweep: {option: 'window', values: [8, 32, 256, null]},
    // An operation is a message handled: 32 callers wait for the next one at any time.
    load: {model: 'closed', concurrency: 32},
    operation: {deadlineMs: 5000, idempotent: true},
    trials: 5,
    phases,
    goals: {[judged]: {successRatio: {min: 0.99}}},
    subject: {
      open: ({url, options}) => new Consumer(url, options),
      async perform(consumer) {
        await consumer.messages.next();
        return undefined;
      },
      close: consumer => consumer.close(),
    },
  });
