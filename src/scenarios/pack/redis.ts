// redis (node-redis): one connection that all callers share. What a caller does is one command, a transaction, or
// several commands in one tick, which the client pipelines.
import {createClient, type RedisClientOptions} from 'redis';
import type {Answer} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';
import {withDatabase} from './with-database.ts';

type Options = Pick<RedisClientOptions, 'disableOfflineQueue' | 'pingInterval'> & {
  readonly socket?: {connectTimeout: number; socketTimeout: number; reconnectStrategy: Reconnect};
};
type Reconnect = (retries: number) => number;

const asUsersGetIt: Options = {};

/** With jitter, as the docs advise, and no longer than what a caller waits for. */
const quickly: Reconnect = retries => Math.min(25 * 2 ** retries, 400) + Math.floor(Math.random() * 100);

const lists = ['alone', 'transaction', 'pipeline', 'read-back'] as const;
const listOf = (trialId: string, list: string): string => `${trialId}:${list}`;
const keptSeconds = 600;

/** Its handshake is an application's: a database is selected, and the connection gets a name. */
const connected = async (url: string, options: Options) => {
  const redis = createClient({url: withDatabase(url), name: 'orders', ...options});
  // Without a listener a lost connection would end the process.
  redis.on('error', () => {});
  // The first versions of redis 4 do not return the client.
  await redis.connect();
  return redis;
};

/** Keeps the type of the client, which depends on modules that are not used here, out of other declarations. */
class Caller {
  readonly #redis: Awaited<ReturnType<typeof connected>>;

  private constructor(redis: Awaited<ReturnType<typeof connected>>) {
    this.#redis = redis;
  }

  static async open(url: string, options: Options): Promise<Caller> {
    return new Caller(await connected(url, options));
  }

  async perform(id: string): Promise<Answer> {
    const redis = this.#redis;
    const key = lists[operationNumber(id) % lists.length]!;
    const list = listOf(id.slice(0, id.lastIndexOf('-')), key);
    const copy = `op:${id}`;
    switch (key) {
      case 'alone': {
        const length = await redis.rPush(list, id);
        return {key, empty: !(Number(length) > 0)};
      }
      case 'transaction': {
        const [, , echoedId] = await redis
          .multi()
          .rPush(list, id)
          .set(copy, id, {EX: keptSeconds})
          .get(copy)
          .exec();
        return {key, echoedId};
      }
      case 'pipeline': {
        const [, , echoedId] = await Promise.all([
          redis.rPush(list, id),
          afterTheWrite(redis.set(copy, id, {EX: keptSeconds})),
          afterTheWrite(redis.get(copy)),
        ]);
        return {key, echoedId};
      }
      case 'read-back': {
        const length = await redis.rPush(list, id);
        return {key, echoedId: await afterTheWrite(redis.lIndex(list, Number(length) - 1))};
      }
    }
  }

  /** Waits for what is under way: close() since redis 5, quit() before. */
  close(): Promise<unknown> {
    const {close} = this.#redis as {readonly close?: () => Promise<void>};
    return close === undefined ? this.#redis.quit() : close.call(this.#redis);
  }
}

/** These are thrown for commands that were still in the client's own queue. */
const neverSent: readonly string[] = ['ClientOfflineError', 'ClientClosedError', 'TimeoutError'];

export default defineScenario({
  name: 'redis',
  observation: 'Commands pile up in the client while Redis does not respond, and callers wait for them.',
  remarks: [
    'The variant "defaults" uses node-redis as created by createClient({url}), with a database in the URL and a name for the connection, as applications have them: it reconnects by itself, queues commands while disconnected, rejects commands that were sent but not answered when the connection is lost, and has no time limit for a reply (since redis 6, one of 5 s for commands waiting in its own queue). What its documentation promises: https://redis.io/docs/latest/develop/clients/nodejs/produsage/',
    'socketTimeout exists since redis 5. It limits silence in both directions (https://nodejs.org/api/net.html#socketsettimeouttimeout-callback): while commands are written to a connection that does not answer, it does not expire.',
    'All callers share one connection, so there is no pool to exhaust.',
  ],
  target: {service: 'redis'},
  supports: {redis: '>=4.6 <7'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        socket: {connectTimeout: 500, socketTimeout: 750, reconnectStrategy: quickly},
        disableOfflineQueue: true,
        pingInterval: 300,
      },
      change:
        'Reject commands while disconnected (disableOfflineQueue), bound connecting and silence (connectTimeout 500 ms, socketTimeout 750 ms with a pingInterval of 300 ms), and reconnect with pauses of at most 0.5 s (reconnectStrategy).',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}}},
  telemetry: {use: ['redis']},
  subject: {
    open: ({url, options}) => Caller.open(url, options),
    perform: (caller, {id}) => caller.perform(id),
    classify: error =>
      error instanceof Error && neverSent.includes(error.constructor.name) ? 'rejected' : 'unknown',
    close: caller => caller.close(),
  },
  async verify({directUrl, trialId}) {
    const redis = await connected(directUrl, {});
    const applied: string[][] = [];
    for (const list of lists) {
      applied.push(await redis.lRange(listOf(trialId, list), 0, -1));
      await redis.expire(listOf(trialId, list), keptSeconds);
    }
    await redis.quit();
    return {applied, isOrdered: true};
  },
});
