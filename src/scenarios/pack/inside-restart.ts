// Inside ioredis: a server that goes and comes back. All connections are reset at once, lost silently, or refused for
// a while.
import {Redis, type RedisOptions} from 'ioredis';
import {flap, halfOpen, refuse, resetPeer} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {operationNumber} from './operation-number.ts';

type Options = Omit<RedisOptions, 'replyMapping'>;

const asUsersGetIt: Options = {};

/** As many as an application has workers, each with a connection of its own. */
const connectionCount = 8;
const keptSeconds = 600;

const listOf = (id: string): string => `restart:${id.slice(0, id.lastIndexOf('-'))}`;

/** They reconnect at different times, and none waits longer than callers do. */
const spread = (times: number): number => Math.min(25 * 2 ** times, 400) * (0.5 + Math.random() / 2);

const connected = async (url: string, options: Options): Promise<Redis> => {
  const redis = new Redis(url, {...options, lazyConnect: true});
  // Without a listener each lost connection is written to the console.
  redis.on('error', () => {});
  await redis.connect();
  return redis;
};

export default defineScenario({
  name: 'inside-restart',
  observation:
    'After a restart of Redis the service is slow for longer than the restart took, and some writes are applied twice.',
  remarks: [
    'The application has eight connections, one per worker; an operation appends its ID to a list.',
    'The variant "defaults" uses ioredis as created by new Redis(url): commands without a reply are resent on the next connection, and pauses between reconnects grow up to 5 s in ioredis 6 and 2 s in ioredis 5 (https://github.com/redis/ioredis#auto-reconnect).',
    'In lost-behind the eight open connections silently lose their server, and new ones work: as after a failover in which the old server had no time to close them.',
  ],
  target: {service: 'redis'},
  supports: {ioredis: '>=5.3 <7'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {
        commandTimeout: 500,
        connectTimeout: 500,
        socketTimeout: 500,
        maxRetriesPerRequest: 1,
        autoResendUnfulfilledCommands: false,
        retryStrategy: spread,
      },
      change:
        'Bound replies, connecting and silence (commandTimeout, connectTimeout and socketTimeout: 500 ms), resend no command (autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 1), and reconnect after a random pause of at most 0.4 s (retryStrategy).',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 2000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'reset-at-once', role: 'fault', durationMs: 500, faults: [resetPeer({durationMs: 300})]},
    {name: 'after-reset', role: 'recovery', durationMs: 4000},
    {name: 'gone', role: 'fault', durationMs: 2500, faults: [refuse()]},
    {name: 'after-gone', role: 'recovery', durationMs: 5000},
    {name: 'lost-behind', role: 'fault', durationMs: 4000, faults: [halfOpen({firstN: connectionCount})]},
    {name: 'after-lost-behind', role: 'recovery', durationMs: 4000},
    {name: 'restarts', role: 'fault', durationMs: 3000, faults: [flap({downMs: 500, upMs: 500})]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}},
    baseline: {successRatio: {min: 0.999}},
    'after-reset': {successRatio: {min: 0.9}},
    'after-gone': {successRatio: {min: 0.8}},
    'after-lost-behind': {successRatio: {min: 0.9}},
    recovery: {successRatio: {min: 0.9}, timeToRecoverMs: {max: 3000}},
  },
  telemetry: {use: ['ioredis']},
  subject: {
    open: ({url, options}) =>
      Promise.all(Array.from({length: connectionCount}, () => connected(url, options))),
    async perform(workers, {id}) {
      const number = operationNumber(id) % connectionCount;
      const length = await workers[number]!.rpush(listOf(id), id);
      return {key: `worker-${number}`, empty: !(length > 0)};
    },
    close: workers => Promise.all(workers.map(redis => redis.quit())),
  },
  async verify({directUrl, trialId}) {
    const redis = await connected(directUrl, {});
    const list = listOf(`${trialId}-0`);
    const applied = await redis.lrange(list, 0, -1);
    await redis.expire(list, keptSeconds);
    await redis.quit();
    return {applied: [applied]};
  },
});
