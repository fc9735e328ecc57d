// mqtt (MQTT.js) on a real Mosquitto. The library reconnects by itself, and sends again what was not acknowledged.
import mqtt, {type IClientOptions, type MqttClient} from 'mqtt';
import {messageIds} from '../../model/message-id.ts';
import type {OpenContext} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {Arrivals, answerOf, arrivalOf, messageOf} from './arrivals.ts';
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
/** What the application's own subscription gets. */
const work = 'foulweather/orders/work';
const replies = 'foulweather/replies';
const qos = 1;
const clientId = 'foulweather-application';
const batchSize = 3;

type Kind = 'publish' | 'batch' | 'receive' | 'request';

const kindOf = (id: string): Kind =>
  (['publish', 'batch', 'receive', 'request'] as const)[operationNumber(id) % 4]!;

class Application {
  readonly client: MqttClient;
  readonly #deliveries = new Arrivals();
  readonly #replies = new Arrivals();

  private constructor(client: MqttClient, delivered: (id: string) => void) {
    this.client = client;
    // Each attempt to connect that fails emits an event, and the library tries again.
    client.on('error', () => {});
    client.on('message', (topic, payload) => {
      const arrival = arrivalOf(payload.toString());
      if (!arrival) return;
      if (topic === work) delivered(arrival.id);
      (topic === work ? this.#deliveries : this.#replies).came(arrival);
    });
  }

  static async open({url, options: {client}, delivered}: OpenContext<Options>): Promise<Application> {
    const application = new Application(await mqtt.connectAsync(url, client), delivered);
    await application.client.subscribeAsync([work, replies], {qos});
    return application;
  }

  /** Resolves once the broker has acknowledged it. */
  async publish(id: string, topic = work): Promise<void> {
    await this.client.publishAsync(topic, messageOf(id), {qos});
  }

  /** Several messages at once. */
  async publishBatch(id: string): Promise<void> {
    await Promise.all(messageIds(id, batchSize).map(name => this.publish(name)));
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

/** A clean session replaces the one that was kept. */
const endSession = async (url: string): Promise<void> => {
  await (await mqtt.connectAsync(url, {clientId, clean: true})).endAsync();
};

/** Ids in one message of the record. */
const pageSize = 500;
const writeEveryMs = 50;
const recordOf = (trialId: string): string => `foulweather/record/${trialId}`;

/**
 * Mosquitto keeps no log of messages. A recorder subscribes to all of them, past the injector, and keeps what came in
 * retained messages, a page each, where verify() finds them. It answers the requests, too.
 */
const prepare = async (url: string, trialId: string): Promise<void> => {
  await endSession(url);
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

/** Reads the pages up to a last one of this process's own, and clears them. */
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

const sessionEnd = 'foulweather/end';

/**
 * Takes over the application's session, if it has one, reads what is in its queue up to a last message of this
 * process's own, and ends it.
 */
const queued = async (url: string): Promise<string[]> => {
  const client = mqtt.connect(url, {clientId, clean: false});
  const ids: string[] = [];
  // What is in the queue comes as soon as the connection is open.
  const isRead = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('message', (topic, payload) => {
      if (topic === sessionEnd) return resolve();
      const arrival = topic === work ? arrivalOf(payload.toString()) : null;
      if (arrival) ids.push(arrival.id);
    });
  });
  await client.subscribeAsync(sessionEnd, {qos});
  await client.publishAsync(sessionEnd, '', {qos});
  await isRead;
  await client.endAsync();
  await endSession(url);
  return ids;
};

export default defineScenario({
  name: 'mqtt',
  observation:
    'When the network to the broker is bad, messages are seconds late, and some that were sent to us never arrive.',
  remarks: [
    'All messages have QoS 1, which promises at-least-once delivery: a duplicate message is no defect, and operations count as idempotent (https://github.com/mqttjs/MQTT.js#publish).',
    'For a subscriber, that promise holds as long as the session does (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html, 3.1.2.4 and 4.1), so deliveries are checked in "recommended", which keeps the session; what Mosquitto still has for that session at the end is kept, not lost.',
    'The defaults are those of MQTT.js (https://github.com/mqttjs/MQTT.js#client): a keep-alive of 60 s, reconnects 1 s apart with up to 30 s for each, and a clean session, which gets nothing of what was published while disconnected.',
    'MQTT.js keeps what is published while disconnected, and sends it after the reconnect. Nothing bounds how long that takes, so the limit in "recommended" is the application’s.',
    'A keep-alive of 1 s is short for a real network; it is chosen to fit the phases of this scenario.',
  ],
  target: {service: 'mosquitto'},
  supports: {mqtt: '>=5.1 <6'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      deliveries: 'at-least-once',
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
        'Detect a silent connection (`keepalive: 1`, `reschedulePings: false`), reconnect quickly (`reconnectPeriod: 250`, `connectTimeout: 1000`), keep the session while disconnected (`clean: false` with a `clientId`), and limit each operation to 900 ms in the application.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, lostCount: {max: 0}, wrongCount: {max: 0}}},
  prepare: ({directUrl, trialId}) => prepare(directUrl, trialId),
  subject: {
    open: async context => ({
      application: await Application.open(context),
      limitMs: context.options.limitMs,
    }),
    async perform({application, limitMs}, {id}) {
      switch (kindOf(id)) {
        case 'publish':
          await within(limitMs, application.publish(id));
          return undefined;
        case 'batch':
          await within(limitMs, application.publishBatch(id));
          return undefined;
        case 'receive':
          return answerOf(id, [await within(limitMs, application.publishAndReceive(id))]);
        case 'request':
          return answerOf(id, [await within(limitMs, application.request(id))]);
      }
    },
    close: ({application}) => application.client.endAsync(),
  },
  verify: async ({directUrl, trialId, acknowledgedIds}) => ({
    applied: [await recorded(directUrl, trialId)],
    consumer: {
      expects: acknowledgedIds.filter(id => kindOf(id) !== 'request'),
      queued: await queued(directUrl),
    },
  }),
});
