// Jedis: what a caller does is what the scenario of node-redis does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {inAnyOrder, javaProgram, sameAs} from './in-another-language.ts';
import redis from './redis.ts';

export default defineScenario({
  ...inAnyOrder(sameAs(redis)),
  name: 'java-jedis',
  observation: 'Callers queue for the pool’s connections long after Redis stopped responding.',
  remarks: [
    'The variant "defaults" uses RedisClient.builder() with an address, a database and a name for the connection: a pool of eight connections, no limit for waiting for one of them, 2 s for connecting and for each reply, and no retries (https://redis.io/docs/latest/develop/clients/jedis/produsage/).',
    'Each operation has a thread of its own, and takes a connection of the pool for each command or pipeline.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {connectMs: 250, socketMs: 400, waitMs: 200, connections: 32},
      change:
        'Bound connecting (connectionTimeoutMillis 250 ms), each reply (socketTimeoutMillis 400 ms) and the wait for a connection (maxWait 200 ms), and allow 32 connections (maxTotal).',
    },
  ],
  subject: javaProgram('JedisPool'),
});
