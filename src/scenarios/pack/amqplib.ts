// amqplib on a real RabbitMQ. The library ends with its connection; an application opens a new one, as ours does.
import {setTimeout as sleep} from 'node:timers/promises';
import {type Channel, type ChannelModel, type ConfirmChannel, connect} from 'amqplib';
import {messageIds} from '../../model/message-id.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, answerOf, arrivalOf, messageOf, NoArrival} from './arrivals.ts';
import {notSent, rejectedIfNotSent} from './not-sent.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

type Options = {
  /** Seconds; null leaves it to the server, and RabbitMQ asks for 60. */
  readonly heartbeatSeconds: number | null;
  /** `timeout` of the socket options: how long a connection may take to open. */
  readonly connectTimeoutMs: number | null;
  /** Messages that may be unacknowledged at a time. */
  readonly prefetch: number | null;
  /** The application's own, of each operation. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {heartbeatSeconds: null, connectTimeoutMs: null, prefetch: null, limitMs: null};

/** A message of any kind goes to the first, which nobody reads before verify(); what is to be worked on to the second. */
const exchange = 'foulweather-orders';
const recordQueue = 'foulweather-record';
const workQueue = 'foulweather-work';
const requestQueue = 'foulweather-requests';
const replyTo = 'amq.rabbitmq.reply-to';
const queueOptions = {durable: true};
const batchSize = 3;

type Kind = 'publish' | 'batch' | 'consume' | 'request';

const kindOf = (id: string): Kind =>
  (['publish', 'batch', 'consume', 'request'] as const)[operationNumber(id) % 4]!;

/** Between two tries of the application to open a connection. */
const pauseMs = 250;

type Opened = {readonly connection: ChannelModel; readonly channel: ConfirmChannel};

class Application {
  readonly #url: string;
  readonly #options: Options;
  readonly #delivered: (id: string) => void;
  readonly #deliveries = new Arrivals();
  readonly #replies = new Arrivals();
  #opened: Promise<Opened> | null = null;
  #mayOpenAtMs = 0;

  constructor(url: string, options: Options, delivered: (id: string) => void) {
    this.#url = url;
    this.#options = options;
    this.#delivered = delivered;
  }

  /** Resolves once the broker has confirmed it. */
  async publish(id: string): Promise<void> {
    const {channel} = await this.opened();
    await this.#publish(channel, 'work', id);
  }

  /** Several messages that are confirmed together. */
  async publishBatch(id: string): Promise<void> {
    const {channel} = await this.opened();
    await Promise.all(messageIds(id, batchSize).map(name => this.#publish(channel, 'work', name)));
  }

  /** Publishes, and waits until the message has come to the application's own consumer. */
  async publishAndConsume(id: string): Promise<string> {
    const {channel} = await this.opened();
    const delivery = this.#deliveries.next(id);
    try {
      const [{text}] = await Promise.all([delivery, this.#publish(channel, 'work', id)]);
      return text;
    } catch (error) {
      this.#deliveries.forget(id);
      throw error;
    }
  }

  /** A request by RabbitMQ's direct reply-to, which is answered with what it said. */
  async request(id: string): Promise<string> {
    const {channel} = await this.opened();
    const reply = this.#replies.next(id);
    try {
      const [{text}] = await Promise.all([reply, this.#publish(channel, 'request', id)]);
      return text;
    } catch (error) {
      this.#replies.forget(id);
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.channel.close();
    await opened?.connection.close();
  }

  #publish(channel: ConfirmChannel, key: string, id: string): Promise<void> {
    const options = {persistent: true, messageId: id, ...(key === 'request' && {replyTo, correlationId: id})};
    return new Promise((resolve, reject) => {
      try {
        channel.publish(exchange, key, Buffer.from(messageOf(id)), options, error => {
          if (error) reject(error);
          else resolve();
        });
      } catch (error) {
        // A channel that is closed says so at once, and takes nothing.
        reject(notSent(error));
      }
    });
  }

  /** The connection that there is, or a new one; callers that come while it opens share it. */
  async opened(): Promise<Opened> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      throw notSent(error);
    }
  }

  #open(): Promise<Opened> {
    const opened: Promise<Opened> = this.#connect(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  async #connect(ended: () => void): Promise<Opened> {
    let connection: ChannelModel | null = null;
    try {
      const restMs = this.#mayOpenAtMs - performance.now();
      if (restMs > 0) await sleep(restMs);
      this.#mayOpenAtMs = performance.now() + pauseMs;
      const {heartbeatSeconds, connectTimeoutMs} = this.#options;
      const query = heartbeatSeconds === null ? '' : `?heartbeat=${heartbeatSeconds}`;
      connection = await connect(
        `${this.#url}${query}`,
        connectTimeoutMs === null ? {} : {timeout: connectTimeoutMs},
      );
      connection.on('error', () => {});
      connection.on('close', () => {
        ended();
        // Direct replies go to the channel of the request, and are gone with it.
        this.#replies.fail(new NoArrival('the connection was closed before the reply came'));
      });
      return {connection, channel: await this.#begin(connection)};
    } catch (error) {
      ended();
      connection?.close().catch(() => {});
      throw error;
    }
  }

  async #begin(connection: ChannelModel): Promise<ConfirmChannel> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    if (this.#options.prefetch !== null) await channel.prefetch(this.#options.prefetch);
    await channel.consume(
      replyTo,
      message => {
        const arrival = message && arrivalOf(message.content.toString());
        if (arrival) this.#replies.came(arrival);
      },
      {noAck: true},
    );
    await channel.consume(workQueue, message => {
      if (!message) return;
      const arrival = arrivalOf(message.content.toString());
      if (arrival) this.#delivered(arrival.id);
      channel.ack(message);
      if (arrival) this.#deliveries.came(arrival);
    });
    return channel;
  }
}

/** The queues, empty, and somebody who answers requests. */
const prepare = async (url: string): Promise<void> => {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertExchange(exchange, 'topic', {durable: true});
  const keys = [
    [recordQueue, '#'],
    [workQueue, 'work'],
    [requestQueue, 'request'],
  ] as const;
  for (const [queue, key] of keys) {
    await channel.assertQueue(queue, queueOptions);
    await channel.purgeQueue(queue);
    await channel.bindQueue(queue, exchange, key);
  }
  await channel.consume(
    requestQueue,
    message => {
      if (!message) return;
      const {replyTo: to, correlationId} = message.properties;
      channel.sendToQueue(String(to), message.content, {correlationId: String(correlationId)});
    },
    {noAck: true},
  );
};

const read = async (channel: Channel, queue: string): Promise<string[]> => {
  const ids: string[] = [];
  for (;;) {
    const message = await channel.get(queue, {noAck: true});
    if (!message) return ids;
    const arrival = arrivalOf(message.content.toString());
    if (arrival) ids.push(arrival.id);
  }
};

/** What the consumer had not acknowledged comes back into the queue with the end of its connection. */
const untilNobodyConsumes = async (channel: Channel): Promise<void> => {
  while ((await channel.checkQueue(workQueue)).consumerCount > 0) await sleep(50);
};

export default defineScenario({
  name: 'amqplib',
  observation:
    'When the network to the broker is bad, publishes wait without end, and messages come late or twice.',
  remarks: [
    'amqplib does not open a lost connection again unless it is told to (its option `recovery`, since 1.1): the application of this scenario opens a new one when the next operation needs it, at most every 250 ms. That pause is the application’s, and so are the errors of operations that wait for it.',
    'Both variants publish on a confirm channel and with the flag mandatory off; what is told as a success was confirmed by the broker (https://amqp-node.github.io/amqplib/channel_api.html#confirmchannel). RabbitMQ promises delivery at least once where confirmation and acknowledgement are used (https://www.rabbitmq.com/docs/reliability): the consumer acknowledges each message once it has it, and what is in its queue in the end is kept, not lost.',
    'RabbitMQ’s own default is a heartbeat of 60 s, which amqplib takes over; RabbitMQ advises 5 to 20 s (https://www.rabbitmq.com/docs/heartbeats). 1 s stands for it here, since the phases are short: it is for looking at, and not for production.',
    'That nothing bounds an operation in «defaults» is by design of the library, which has no time limit per publish; the limit of «recommended» is the application’s.',
  ],
  target: {service: 'rabbitmq'},
  supports: {amqplib: '>=0.10.3 <3'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {heartbeatSeconds: 1, connectTimeoutMs: 1000, prefetch: 100, limitMs: 900},
      change:
        'Ask for a heartbeat (`heartbeat=1` in the URL), bound the opening of a connection (`timeout: 1000`), let at most 100 messages be unacknowledged (`prefetch(100)`), and give each operation a limit of 900 ms in the application.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false, deliveries: 'at-least-once'},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['amqplib']},
  prepare: ({directUrl}) => prepare(directUrl),
  subject: {
    async open({url, options, delivered}) {
      const application = new Application(url, options, delivered);
      await application.opened();
      return {application, limitMs: options.limitMs};
    },
    async perform({application, limitMs}, {id}) {
      switch (kindOf(id)) {
        case 'publish':
          await within(limitMs, application.publish(id));
          return undefined;
        case 'batch':
          await within(limitMs, application.publishBatch(id));
          return undefined;
        case 'consume':
          return answerOf(id, [await within(limitMs, application.publishAndConsume(id))]);
        case 'request':
          return answerOf(id, [await within(limitMs, application.request(id))]);
      }
    },
    close: ({application}) => application.close(),
    classify: rejectedIfNotSent,
  },
  async verify({directUrl, acknowledgedIds}) {
    const connection = await connect(directUrl);
    const channel = await connection.createChannel();
    await untilNobodyConsumes(channel);
    const applied = [await read(channel, recordQueue)];
    const queued = await read(channel, workQueue);
    await connection.close();
    return {applied, consumer: {expects: acknowledgedIds.filter(id => kindOf(id) !== 'request'), queued}};
  },
});
