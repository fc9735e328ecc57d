// Case study: never trust defaults, against a real RabbitMQ. Without a prefetch the broker sends whatever the queue has.
import {setTimeout as sleep} from 'node:timers/promises';
import {type Channel, type ChannelModel, type ConsumeMessage, connect} from 'amqplib';
import {latency} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {keepQueueFull, queue} from './full-queue.ts';
import {HandledMessages} from './handled-messages.ts';

type Options = {
  /** Messages that may be unacknowledged at a time; null is the library's default. */
  readonly prefetch: number | null;
};

const asUsersGetIt: Options = {prefetch: null};

/** What a handler waits for: 5 ms, ten at a time. */
const downstreamMs = 5;
const downstreamConnections = 10;

/** A consumer as its users write it. */
class Consumer {
  readonly messages = new HandledMessages();
  readonly #connection: ChannelModel;
  readonly #inTurn: (() => void)[] = [];
  #busy = 0;
  #closing = false;

  private constructor(connection: ChannelModel) {
    this.#connection = connection;
    connection.on('error', () => {});
  }

  static async open(url: string, {prefetch}: Options): Promise<Consumer> {
    const consumer = new Consumer(await connect(url));
    const channel = await consumer.#connection.createChannel();
    if (prefetch !== null) await channel.prefetch(prefetch);
    await channel.consume(queue, message => {
      if (message) void consumer.#handle(message, channel);
    });
    return consumer;
  }

  close(): Promise<void> {
    this.#closing = true;
    return this.#connection.close();
  }

  async #handle(message: ConsumeMessage, channel: Channel): Promise<void> {
    const {lines} = JSON.parse(message.content.toString()) as {readonly lines: readonly unknown[]};
    await this.#tellDownstream(lines);
    // What is being handled while it closes goes back to the queue.
    if (this.#closing) return;
    channel.ack(message);
    this.messages.handled();
  }

  /** Stands for a call of another service through a pool of connections. */
  async #tellDownstream(_lines: readonly unknown[]): Promise<void> {
    if (this.#busy >= downstreamConnections) await new Promise<void>(resolve => this.#inTurn.push(resolve));
    else this.#busy++;
    await sleep(downstreamMs);
    const next = this.#inTurn.shift();
    if (next) next();
    else this.#busy--;
  }
}

const process = {heapLimitMiB: 256};

export default defineScenario({
  name: 'case-never-trust-defaults-rabbitmq',
  observation:
    'A consumer of a full queue slows down and runs out of memory. It is restarted, and crashes again.',
  remarks: [
    'The default is AMQP’s: without basic.qos the broker sends everything in the queue, and the library buffers it.',
    'The heap limit of 256 MiB is set by the scenario. A larger one is reached later; until then the effect is smaller.',
    'Messages are 64 KiB each. Handling one means waiting 5 ms, and up to ten are handled at once. A handler that keeps up with the broker would need no prefetch.',
    'With a longer round trip, 32 messages starve the handlers: the right number is somewhat more than rate × round trip. See the sweep.',
    'If the default crashes in the baseline, it never meets the slower networks that follow.',
  ],
  target: {service: 'rabbitmq'},
  variants: [
    {name: 'no-prefetch', options: asUsersGetIt, process},
    {
      name: 'prefetch-32',
      options: {prefetch: 32},
      process,
      change: 'Allow at most 32 unacknowledged messages: channel.prefetch(32) before consume().',
    },
  ],
  sweep: {option: 'prefetch', values: [8, 32, 256, null]},
  // An operation is a message handled: 32 callers wait for the next one at any time.
  load: {model: 'closed', concurrency: 32},
  operation: {deadlineMs: 5000, idempotent: true},
  trials: 5,
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'near', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 5})]},
    {name: 'far', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 40})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {baseline: {successRatio: {min: 0.99}}},
  prepare: ({directUrl}) => keepQueueFull(directUrl),
  subject: {
    open: ({url, options}) => Consumer.open(url, options),
    async perform(consumer) {
      await consumer.messages.next();
      return undefined;
    },
    close: consumer => consumer.close(),
  },
});
