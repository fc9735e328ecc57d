// Inside amqplib: a connection for each operation, and AMQP's handshake cut at each of its steps.
import {type ChannelModel, type ConfirmChannel, connect} from 'amqplib';
import {blackhole, type Fault, latency, resetAfter} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {notSent, rejectedIfNotSent} from './error-meaning.ts';
import {within} from './time-limit.ts';

type Options = {
  /** `timeout` of the socket options: how long a connection may take to open; null is no limit. */
  readonly connectTimeoutMs: number | null;
  /** The application's own, of the whole operation. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {connectTimeoutMs: null, limitMs: null};

const queue = 'foulweather-handshakes';

/**
 * What the server sends: Start, some 500 bytes with what it is, Tune (20), Open-Ok (13), Channel.Open-Ok (16),
 * Confirm.Select-Ok (12), and the confirmation (21). The first depends on the server's version and name, and so the later
 * steps are met by cuts at several places.
 */
const cutsAt = (...places: readonly number[]): Fault[] =>
  places.map(afterBytes => resetAfter({afterBytes, probability: 0.4}));

/** Everything that was opened, so that it can be closed in any case. */
const publishOnce = async (url: string, id: string, options: Options): Promise<void> => {
  let connection: ChannelModel | null = null;
  const open = async (): Promise<ConfirmChannel> => {
    const {connectTimeoutMs} = options;
    connection = await connect(url, connectTimeoutMs === null ? {} : {timeout: connectTimeoutMs});
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    return channel;
  };
  const publish = async (): Promise<void> => {
    const channel = await open().catch((error: unknown) => {
      throw notSent(error);
    });
    channel.sendToQueue(queue, Buffer.from(id), {persistent: true, messageId: id});
    await channel.waitForConfirms();
    await connection?.close();
  };
  try {
    await within(options.limitMs, publish());
  } catch (error) {
    // It throws if the connection is gone already.
    (connection as ChannelModel | null)?.close().catch(() => {});
    throw error;
  }
};

const prepare = async (url: string): Promise<void> => {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, {durable: true});
  await channel.purgeQueue(queue);
  await connection.close();
};

const queued = async (url: string): Promise<string[]> => {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const ids: string[] = [];
  for (;;) {
    const message = await channel.get(queue, {noAck: true});
    if (!message) break;
    ids.push(message.content.toString());
  }
  await connection.close();
  return ids;
};

export default defineScenario({
  name: 'inside-amqp-handshake',
  observation:
    'While the broker restarts, some connections are neither opened nor refused: they wait indefinitely.',
  remarks: [
    'A connection per message is not how amqplib is meant to be used. It is what a service does at its start, repeated so that each step of the handshake is hit often.',
    'The cuts are at byte positions of RabbitMQ 3.10; another version, or a longer host name, shifts them by a few bytes, so the positions are spread.',
    'amqplib bounds the opening of a connection only if asked to (`timeout` in the socket options; https://amqp-node.github.io/amqplib/channel_api.html#connect). Opening the channel afterwards is bounded by the heartbeat, 60 s by RabbitMQ’s default, and in "bounded" by the application.',
  ],
  target: {service: 'rabbitmq'},
  supports: {amqplib: '>=0.10.3 <3'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {connectTimeoutMs: 500, limitMs: 900},
      change:
        'Bound the opening of a connection (`timeout: 500`), and limit each operation to 900 ms in the application, which then closes the connection.',
    },
  ],
  load: {model: 'open', ratePerSecond: 20, maxInFlight: 500},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1500},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'slow', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 50})]},
    {name: 'greeting-cut', role: 'fault', durationMs: 2000, faults: [resetAfter({afterBytes: 200})]},
    {
      name: 'login-cut',
      role: 'fault',
      durationMs: 2000,
      faults: [resetAfter({direction: 'upstream', afterBytes: 150})],
    },
    {name: 'tuning-cut', role: 'fault', durationMs: 3000, faults: cutsAt(510, 525, 540)},
    {name: 'channel-cut', role: 'fault', durationMs: 3000, faults: cutsAt(555, 570, 590)},
    {name: 'silent', role: 'fault', durationMs: 4000, faults: [blackhole()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  prepare: ({directUrl}) => prepare(directUrl),
  subject: {
    open: ({url, options}) => ({url, options}),
    async perform({url, options}, {id}) {
      await publishOnce(url, id, options);
      return undefined;
    },
    classify: rejectedIfNotSent,
  },
  verify: async ({directUrl}) => ({applied: [await queued(directUrl)]}),
});
