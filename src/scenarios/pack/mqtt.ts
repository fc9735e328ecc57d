// mqtt (MQTT.js) on a real Mosquitto. The library opens a lost connection again by itself, and sends again what was not acknowledged.
import mqtt, {type IClientOptions, type MqttClient} from 'mqtt';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, arrivalOf, messageOf} from './arrivals.ts';
import {operationNumber} from './operation-number.ts';
import {within} from './time-limit.ts';

type Options = {
  readonly client: Pick<
    IClientOptions,
    'keepalive' | 'reschedulePings' | 'reconnectPeriod' | 'connectTimeout' | 'clean' | 'clientId'
  >;
  /** The application's own, of each operation. */
  readonly limitMs: number | null;
};

const asUsersGetIt: Options = {client: {}, limitMs: null};

const orders = 'foulweather/orders';
const requests = 'foulweather/orders/request';
const work = 'foulweather/orders/work';
const replies = 'foulweather/replies';
const qos = 1;
const clientId = 'foulweather-application';

class Application {
  readonly client: MqttClient;
  readonly #deliveries = new Arrivals();
  readonly #replies = new Arrivals();

  private constructor(client: MqttClient) {
    this.client = client;
    // Each try to connect that fails is told by an event, and the library tries again.
    client.on('error', () => {});
    client.on('message', (topic, payload) => {
      const arrival = arrivalOf(payload.toString());
      if (arrival) (topic === work ? this.#deliveries : this.#replies).came(arrival);
    });
  }

  static async open(url: string, options: Options['client']): Promise<Application> {
    const application = new Application(await mqtt.connectAsync(url, options));
    await application.client.subscribeAsync([work, replies], {qos});
    return application;
  }

  /** Resolves once the broker has acknowledged it. */
  async publish(id: string, topic = `${orders}/single`): Promise<void> {
    await this.client.publishAsync(topic, messageOf(id), {qos});
  }

  /** Several messages at once; the last one carries the operation's id. */
  async publishBatch(id: string): Promise<void> {
    await Promise.all([`${id}.a`, `${id}.b`, `${id}.c`, id].map(name => this.publish(name)));
  }

  /** Publishes, and waits until the message has come by the client's own subscription. */
  publishAndReceive(id: string): Promise<string> {
    return this.#publishAndAwait(id, work, this.#deliveries);
  }

  /** Publishes a request, and waits until its answer has come by the client's own subscription. */
  request(id: string): Promise<string> {
    return this.#publishAndAwait(id, requests, this.#replies);
  }

  async #publishAndAwait(id: string, topic: string, arrivals: Arrivals): Promise<string> {
    const arrival = arrivals.next(id);
    try {
      const [{text}] = await Promise.all([arrival, this.publish(id, topic)]);
      return text;
    } catch (error) {
      arrivals.forget(id);
      throw error;
    }
  }
}

/** Ids in one message of the record. */
const pageSize = 500;
const writeEveryMs = 50;
const recordOf = (trialId: string): string => `foulweather/record/${trialId}`;

/**
 * Mosquitto keeps no log of messages. A recorder subscribes to all of them, past the injector, and keeps what came in
 * retained messages, a page each, where verify() finds them. It answers the requests, too.
 */
const prepare = async (url: string, trialId: string): Promise<void> => {
  // Ends the session that an earlier trial has left behind.
  await (await mqtt.connectAsync(url, {clientId, clean: true})).endAsync();
  const client = await mqtt.connectAsync(url);
  await client.subscribeAsync(`${orders}/#`, {qos});
  let page: string[] = [];
  let pages = 0;
  let isWritten = true;
  const write = (): void => {
    if (isWritten) return;
    isWritten = true;
    client.publish(`${recordOf(trialId)}/${pages}`, JSON.stringify(page), {qos, retain: true});
    if (page.length < pageSize) return;
    page = [];
    pages++;
  };
  client.on('message', (topic, payload) => {
    const arrival = arrivalOf(payload.toString());
    if (!arrival) return;
    page.push(arrival.id);
    isWritten = false;
    if (page.length >= pageSize) write();
    if (topic === requests) client.publish(replies, payload, {qos});
  });
  setInterval(write, writeEveryMs);
};

/** Reads the pages up to a last one of our own, and clears them. */
const recorded = async (url: string, trialId: string): Promise<string[]> => {
  const client = await mqtt.connectAsync(url);
  const record = recordOf(trialId);
  const end = `${record}/end`;
  const pages = new Map<string, readonly string[]>();
  const isRead = new Promise<void>(resolve => {
    client.on('message', (topic, payload) => {
      if (topic === end) resolve();
      else if (payload.length > 0) pages.set(topic, JSON.parse(payload.toString()) as string[]);
    });
  });
  await client.subscribeAsync(`${record}/+`, {qos});
  await client.publishAsync(end, '', {qos});
  await isRead;
  for (const topic of pages.keys()) await client.publishAsync(topic, '', {qos, retain: true});
  await client.endAsync();
  return [...pages.values()].flat();
};

export default defineScenario({
  name: 'mqtt',
  observation:
    'When the network to the broker is bad, messages are late by seconds, and some that were sent to us never come.',
  remarks: [
    'All messages have QoS 1, which promises delivery at least once: a message that is there twice is no defect, and operations count as idempotent (https://github.com/mqttjs/MQTT.js#publish).',
    'The defaults are those of MQTT.js (https://github.com/mqttjs/MQTT.js#client): a keep-alive of 60 s, 1 s between two tries to connect, up to 30 s for each, and a clean session, which gets nothing of what was published while the connection was gone.',
    'MQTT.js keeps what was published while there is no connection, and sends it when there is one; nothing bounds how long that takes, and so the limit of «recommended» is the application’s.',
    'A keep-alive of 1 s is short for a network: it stands for one that fits the phases of this scenario.',
  ],
  target: {service: 'mosquitto'},
  supports: {mqtt: '>=5.1 <6'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        client: {
          keepalive: 1,
          reschedulePings: false,
          reconnectPeriod: 250,
          connectTimeout: 1000,
          clean: false,
          clientId,
        },
        limitMs: 900,
      },
      change:
        'Notice a silent connection (`keepalive: 1`, `reschedulePings: false`), connect again soon (`reconnectPeriod: 250`, `connectTimeout: 1000`), keep the session while away (`clean: false` with a `clientId`), and give each operation a limit of 900 ms in the application.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  prepare: ({directUrl, trialId}) => prepare(directUrl, trialId),
  subject: {
    open: async ({url, options}) => ({
      application: await Application.open(url, options.client),
      limitMs: options.limitMs,
    }),
    async perform({application, limitMs}, {id}) {
      const answered = (text: string) => ({echoedId: arrivalOf(text)?.id, intact: text === messageOf(id)});
      switch (operationNumber(id) % 4) {
        case 0:
          await within(limitMs, application.publish(id));
          return undefined;
        case 1:
          await within(limitMs, application.publishBatch(id));
          return undefined;
        case 2:
          return answered(await within(limitMs, application.publishAndReceive(id)));
        default:
          return answered(await within(limitMs, application.request(id)));
      }
    },
    close: ({application}) => application.client.endAsync(),
  },
  verify: async ({directUrl, trialId}) => ({applied: [await recorded(directUrl, trialId)]}),
});
