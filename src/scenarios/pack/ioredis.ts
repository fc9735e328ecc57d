// ioredis: one connection that all callers share. What a caller does is one command, a transaction, or a pipeline.
import {Redis, type RedisOptions} from 'ioredis';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';
import {withDatabase} from './with-database.ts';

type Options = Omit<RedisOptions, 'replyMapping'>;

const asUsersGetIt: Options = {};

const lists = ['alone', 'transaction', 'pipeline', 'read-back'] as const;
const listOf = (trialId: string, list: string): string => `${trialId}:${list}`;
const keptSeconds = 600;

/** Its handshake is an application's: a database is selected, and the connection gets a name. */
const connected = async (url: string, options: Options): Promise<Redis> => {
  const redis = new Redis(withDatabase(url), {connectionName: 'orders', ...options, lazyConnect: true});
  // Without a listener each lost connection is written to the console.
  redis.on('error', () => {});
  await redis.connect();
  return redis;
};

/** What exec() answers with: an error and a reply for each command. */
const repliesOf = (results: readonly [Error | null, unknown][] | null): readonly unknown[] =>
  (results ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });

/** ioredis's error for a command that it does not queue has no code of its own. */
const isNotQueued = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('enableOfflineQueue');

export default defineScenario({
  name: 'ioredis',
  observation: 'After a lost connection, some commands run twice, and others wait for a long time.',
  remarks: [
    'The variant "defaults" uses ioredis as created by new Redis(url), with a database in the URL and a name for the connection, as applications have them. Its documentation says that commands without a reply are resent on the next connection (autoResendUnfulfilledCommands) and fail only after 20 attempts to connect (maxRetriesPerRequest): https://github.com/redis/ioredis#auto-reconnect. So a write whose reply was lost may be applied twice: operations here append to a list, which shows it.',
    'All callers share one connection, so there is no pool to exhaust.',
  ],
  target: {service: 'redis'},
  supports: {ioredis: '>=5.3 <7'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'recommended',
      options: {
        commandTimeout: 750,
        connectTimeout: 500,
        maxRetriesPerRequest: 1,
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        retryStrategy: times => Math.min(25 * 2 ** times, 500),
      },
      change:
        'Bound replies and connecting (commandTimeout 750 ms, connectTimeout 500 ms), reject commands while disconnected (enableOfflineQueue: false), resend none (autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 1), and reconnect with pauses of at most 0.5 s (retryStrategy).',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['ioredis']},
  subject: {
    open: ({url, options}) => connected(url, options),
    async perform(redis, {id}) {
      const key = lists[operationNumber(id) % lists.length]!;
      const list = listOf(id.slice(0, id.lastIndexOf('-')), key);
      const copy = `op:${id}`;
      switch (key) {
        case 'alone':
          return {key, empty: !((await redis.rpush(list, id)) > 0)};
        case 'transaction': {
          const commands = redis.multi().rpush(list, id).set(copy, id, 'EX', keptSeconds).get(copy);
          return {key, echoedId: repliesOf(await commands.exec())[2]};
        }
        case 'pipeline': {
          const commands = redis.pipeline().rpush(list, id).set(copy, id, 'EX', keptSeconds).get(copy);
          return {key, echoedId: repliesOf(await commands.exec())[2]};
        }
        case 'read-back': {
          const length = await redis.rpush(list, id);
          return {key, echoedId: await afterTheWrite(redis.lindex(list, length - 1))};
        }
      }
    },
    classify: error => (isNotQueued(error) ? 'rejected' : 'unknown'),
    close: redis => redis.quit(),
  },
  async verify({directUrl, trialId}) {
    const redis = await connected(directUrl, {});
    const applied: string[][] = [];
    for (const list of lists) {
      applied.push(await redis.lrange(listOf(trialId, list), 0, -1));
      await redis.expire(listOf(trialId, list), keptSeconds);
    }
    await redis.quit();
    return {applied, isOrdered: true};
  },
});
