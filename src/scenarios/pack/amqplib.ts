// amqplib on a real RabbitMQ.
import {setTimeout as sleep} from 'node:timers/promises';
import {type Channel, connect} from 'amqplib';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {AmqpApplication, type AmqpOptions, exchange, workQueue} from './amqp-application.ts';
import {answerOf, arrivalOf} from './arrivals.ts';
import {rejectedIfNotSent} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

const asUsersGetIt: AmqpOptions = {
  heartbeatSeconds: null,
  connectTimeoutMs: null,
  prefetch: null,
  limitMs: null,
};

/** A message of any kind goes there, and is not read before verify(). */
const recordQueue = 'foulweather-record';
const requestQueue = 'foulweather-requests';
const queueOptions = {durable: true};

type Kind = 'publish' | 'batch' | 'consume' | 'request';

const kindOf = (id: string): Kind =>
  (['publish', 'batch', 'consume', 'request'] as const)[operationNumber(id) % 4]!;

/** Empty queues, and a responder for requests. */
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

/** What the consumer had not acknowledged goes back to the queue when its connection ends. */
const untilNobodyConsumes = async (channel: Channel): Promise<void> => {
  while ((await channel.checkQueue(workQueue)).consumerCount > 0) await sleep(50);
};

export default defineScenario({
  name: 'amqplib',
  observation: 'When the network to the broker is bad, publishing hangs, and messages arrive late or twice.',
  remarks: [
    'amqplib does not reopen a lost connection by default (there is the option `recovery` since 1.1). The application of this scenario opens a new one when the next operation needs it, at most every 250 ms. That pause is the application’s, and so are the errors of operations that wait for it.',
    'Both variants publish on a confirm channel, without the mandatory flag; a success was confirmed by the broker (https://amqp-node.github.io/amqplib/channel_api.html#confirmchannel). RabbitMQ promises at-least-once delivery with confirms and acknowledgements (https://www.rabbitmq.com/docs/reliability): the consumer acknowledges each message once it has it, and what is still in its queue at the end is kept, not lost.',
    'RabbitMQ’s default is a heartbeat of 60 s, which amqplib adopts; RabbitMQ recommends 5 to 20 s (https://www.rabbitmq.com/docs/heartbeats). Here it is 1 s because the phases are short; that is not for production.',
    'Nothing bounds an operation in "defaults", by design: the library has no time limit per publish. The limit in "recommended" is the application’s.',
  ],
  target: {service: 'rabbitmq'},
  supports: {amqplib: '>=0.10.3 <3'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {heartbeatSeconds: 1, connectTimeoutMs: 1000, prefetch: 100, limitMs: 900},
      change:
        'Ask for a heartbeat (`heartbeat=1` in the URL), bound the opening of a connection (`timeout: 1000`), allow at most 100 unacknowledged messages (`prefetch(100)`), and limit each operation to 900 ms in the application.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false, deliveries: 'at-least-once'},
  phases: quick.phases,
  // The application waits for a new channel before it publishes, and no span of the library has that wait.
  thresholds: {'duration-misreported': {slackMs: 1000}},
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['amqplib']},
  prepare: ({directUrl}) => prepare(directUrl),
  subject: {
    async open({url, options, delivered}) {
      const application = new AmqpApplication(url, options, delivered);
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
