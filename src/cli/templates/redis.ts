// A Redis client: ioredis, by its defaults and with its waits bounded.
import {fillSkeleton} from './skeleton.ts';

export const redisTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target redis://127.0.0.1:6379)',
    intro: ['Needs:   npm install ioredis'],
    imports: ["import {Redis, type RedisOptions} from 'ioredis';"],
    name: 'my-redis-client',
    observation: 'Commands pile up in the client while Redis does not respond.',
    preamble: 'const defaults: RedisOptions = {};',
    target: "  target: {service: 'redis'},",
    variants: `  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {
        commandTimeout: 1000,
        maxRetriesPerRequest: 1,
        enableOfflineQueue: false,
        retryStrategy: () => 250,
      },
      change: 'Give every command 1 s and one retry, reject commands while disconnected, and reconnect every 250 ms.',
    },
  ],`,
    idempotent: true,
    subject: `  subject: {
    open({url, options}) {
      const redis = new Redis(url, options);
      // Without a listener, a lost connection would end the process.
      redis.on('error', () => {});
      return redis;
    },
    async perform(redis, {id}) {
      await redis.set(\`op:\${id}\`, id, 'EX', 600);
      return {echoedId: await redis.get(\`op:\${id}\`)};
    },
    close: redis => redis.disconnect(),
  },`,
  });
