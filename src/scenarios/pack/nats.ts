// nats.js (@nats-io/transport-node with @nats-io/jetstream) on a real NATS. The library reconnects by itself.
import {
  AckPolicy,
  type JetStreamClient,
  type JetStreamPublishOptions,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import {
  ClosedConnectionError,
  type ConnectionOptions,
  connect,
  DrainingConnectionError,
  type NatsConnection,
  nanos,
} from '@nats-io/transport-node';
import {messageIds} from '../../model/message-id.ts';
import type {Applied, OpenContext} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, answerOf, arrivalOf, messageOf} from './arrivals.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

type Options = {
  readonly connection: Pick<
    ConnectionOptions,
    'maxReconnectAttempts' | 'reconnectTimeWait' | 'pingInterval' | 'maxPingOut' | 'timeout'
  >;
  readonly publish: Partial<Pick<JetStreamPublishOptions, 'timeout' | 'retries'>>;
  /** Gives each publish an id by which the server recognises it. */
  readonly hasMessageIds: boolean;
  /** Of a request of core NATS; null is the library's own, 1 s. */
  readonly requestTimeoutMs: number | null;
  /** The application's own, of waiting for a message of its consumer. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {
  connection: {},
  publish: {},
  hasMessageIds: false,
  requestTimeoutMs: null,
  limitMs: null,
};

const stream = 'FOULWEATHER';
/** What the application's consumer gets. */
const work = 'foulweather.orders';
/** What the responder has recorded before it answered. */
const answeredRequests = 'foulweather.answered';
/** Of core NATS: it is in no stream. */
const requests = 'foulweather.requests';
const worker = 'worker';
const batchSize = 3;
/** Until the server delivers again what was not acknowledged. */
const ackWaitMs = 5000;

type Kind = 'publish' | 'batch' | 'consume' | 'request';

const kindOf = (id: string): Kind =>
  (['publish', 'batch', 'consume', 'request'] as const)[operationNumber(id) % 4]!;

const serverOf = (url: string): Pick<ConnectionOptions, 'servers' | 'user' | 'pass'> => {
  const {host, username, password} = new URL(url);
  return {servers: host, ...(username === '' ? {} : {user: username, pass: password})};
};

class Application {
  readonly #connection: NatsConnection;
  readonly #jetstream: JetStreamClient;
  readonly #options: Options;
  readonly #delivered: (id: string) => void;
  readonly #deliveries = new Arrivals();

  private constructor(connection: NatsConnection, options: Options, delivered: (id: string) => void) {
    this.#connection = connection;
    this.#jetstream = jetstream(connection);
    this.#options = options;
    this.#delivered = delivered;
  }

  static async open({url, options, delivered}: OpenContext<Options>): Promise<Application> {
    const connection = await connect({...serverOf(url), ...options.connection});
    const application = new Application(connection, options, delivered);
    await application.#consume();
    return application;
  }

  /** Resolves once JetStream has acknowledged it. */
  async publish(id: string): Promise<void> {
    const {publish, hasMessageIds} = this.#options;
    await this.#jetstream.publish(work, messageOf(id), {...publish, ...(hasMessageIds && {msgID: id})});
  }

  /** Several messages at once. */
  async publishBatch(id: string): Promise<void> {
    await Promise.all(messageIds(id, batchSize).map(name => this.publish(name)));
  }

  /** Publishes, and waits until the message has come to the application's own consumer. */
  async publishAndConsume(id: string): Promise<string> {
    const delivery = this.#deliveries.next(id);
    try {
      const both = Promise.all([delivery, this.publish(id)]);
      const [{text}] = await within(this.#options.limitMs, both);
      return text;
    } catch (error) {
      this.#deliveries.forget(id);
      throw error;
    }
  }

  /** A request of core NATS: asked at most once. */
  async request(id: string): Promise<string> {
    const {requestTimeoutMs} = this.#options;
    const options = requestTimeoutMs === null ? undefined : {timeout: requestTimeoutMs};
    return (await this.#connection.request(requests, messageOf(id), options)).string();
  }

  close(): Promise<void> {
    return this.#connection.drain();
  }

  async #consume(): Promise<void> {
    const consumer = await this.#jetstream.consumers.get(stream, worker);
    await consumer.consume({
      callback: message => {
        const arrival = arrivalOf(message.string());
        if (arrival) this.#delivered(arrival.id);
        message.ack();
        if (arrival) this.#deliveries.came(arrival);
      },
    });
  }
}

/** The stream and its consumer, new, and a responder for requests. */
const prepare = async (url: string): Promise<void> => {
  const connection = await connect(serverOf(url));
  const manager = await jetstreamManager(connection);
  await manager.streams.delete(stream).catch(() => {});
  await manager.streams.add({name: stream, subjects: [work, answeredRequests]});
  await manager.consumers.add(stream, {
    durable_name: worker,
    filter_subject: work,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
  });
  const client = jetstream(connection);
  connection.subscribe(requests, {
    callback: (_, message) => {
      void client.publish(answeredRequests, message.data).then(() => message.respond(message.data));
    },
  });
};

/** All that the stream has. */
const stored = async (connection: NatsConnection): Promise<string[]> => {
  const manager = await jetstreamManager(connection);
  const {state} = await manager.streams.info(stream);
  const ids: string[] = [];
  const consumer = await jetstream(connection).consumers.get(stream);
  while (ids.length < state.messages) {
    const before = ids.length;
    const messages = await consumer.fetch({
      max_messages: Math.min(1000, state.messages - before),
      expires: 5000,
    });
    for await (const message of messages) ids.push(arrivalOf(message.string())?.id ?? '');
    if (ids.length === before) {
      throw new Error(`the stream has ${state.messages} messages, and gave ${before} of them`);
    }
  }
  return ids;
};

/**
 * What the application's consumer has not acknowledged: it is delivered to this process, some of it once its wait is
 * over.
 */
const queued = async (connection: NatsConnection): Promise<string[]> => {
  const consumer = await jetstream(connection).consumers.get(stream, worker);
  const ids: string[] = [];
  for (;;) {
    const {num_pending: pending, num_ack_pending: unacknowledged} = await consumer.info();
    if (pending + unacknowledged === 0) return ids;
    const messages = await consumer.fetch({max_messages: 1000, expires: 1000});
    for await (const message of messages) {
      ids.push(arrivalOf(message.string())?.id ?? '');
      await message.ackAck();
    }
  }
};

export default defineScenario({
  name: 'nats',
  observation:
    'When the network to NATS is bad, publishes and requests time out, and the client takes seconds to recover.',
  remarks: [
    'The defaults are those of nats.js (https://nats-io.github.io/nats.js/core/interfaces/ConnectionOptions.html): at most 10 reconnects, 2 s apart; a ping every 2 minutes; 5 s for an acknowledgement from JetStream; 1 s for a request.',
    'JetStream promises at-least-once delivery, and recognises a message by its ID, `msgID`, for two minutes (https://docs.nats.io/using-nats/developer/develop_jetstream/model_deep_dive#message-deduplication); without an ID, a retry may publish twice. The consumer acknowledges each message once it has it, and what it has not acknowledged at the end is kept, not lost; the server redelivers that after 5 s (`ack_wait`; the default is 30 s), which fits the phases. Core NATS promises at-most-once delivery.',
    'nats.js keeps what is published while it reconnects, and sends it afterwards: an operation that timed out may be applied later, and is reported as unknown.',
    'A ping every 500 ms is short for a real network; it is chosen to fit the phases of this scenario.',
  ],
  target: {service: 'nats'},
  supports: {'@nats-io/transport-node': '>=3 <4', '@nats-io/jetstream': '>=3 <4'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        connection: {
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          pingInterval: 500,
          maxPingOut: 2,
          timeout: 1000,
        },
        publish: {timeout: 250, retries: 3},
        hasMessageIds: true,
        requestTimeoutMs: 500,
        limitMs: 900,
      },
      change:
        'Detect a silent connection (`pingInterval: 500`, `maxPingOut: 2`), reconnect quickly and without limit (`reconnectTimeWait: 250`, `maxReconnectAttempts: -1`, `timeout: 1000`), publish with an ID and try three times (`msgID`, `retries: 3`, `timeout: 250`), and bound requests (500 ms) and the wait for a message (900 ms, in the application).',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false, deliveries: 'at-least-once'},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}, wrongCount: {max: 0}}},
  prepare: ({directUrl}) => prepare(directUrl),
  subject: {
    open: context => Application.open(context),
    async perform(application, {id}) {
      switch (kindOf(id)) {
        case 'publish':
          await application.publish(id);
          return undefined;
        case 'batch':
          await application.publishBatch(id);
          return undefined;
        case 'consume':
          return answerOf(id, [await application.publishAndConsume(id)]);
        case 'request':
          return answerOf(id, [await application.request(id)]);
      }
    },
    close: application => application.close(),
    // Refused before anything is sent. A publish that JetStream has not acknowledged may have been stored.
    classify: error =>
      error instanceof ClosedConnectionError || error instanceof DrainingConnectionError
        ? 'rejected'
        : 'unknown',
  },
  async verify({directUrl, acknowledgedIds}): Promise<Applied> {
    const connection = await connect(serverOf(directUrl));
    const applied = [await stored(connection)];
    const expects = acknowledgedIds.filter(id => kindOf(id) !== 'request');
    const consumer = {expects, queued: await queued(connection)};
    await connection.close();
    return {applied, consumer};
  },
});
