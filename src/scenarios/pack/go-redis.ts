// go-redis: what a caller does is what the scenario of node-redis does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {goProgram, inAnyOrder, sameAs} from './in-another-language.ts';
import redis from './redis.ts';

export default defineScenario({
  ...inAnyOrder(sameAs(redis)),
  name: 'go-redis',
  observation:
    'Callers wait for Redis for seconds after it stopped responding, and some writes are there twice.',
  remarks: [
    'The variant "defaults" uses redis.NewClient with the options of redis.ParseURL(url), a database and a name for the connection: a pool of ten connections for each CPU and one of ten for pipelines, 5 s for connecting, which is tried up to five times, 5 s for each reply, 6 s for a connection of the pool, and three retries of a command whose connection was lost or timed out (https://redis.io/docs/latest/develop/clients/go/produsage/). A retried write may be applied twice.',
    'Each operation has a goroutine of its own, and takes a connection of the pool for each command or pipeline.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {dialMs: 500, limitMs: 900},
      change:
        'Bound connecting (DialTimeout 500 ms) and each operation by its context (ContextTimeoutEnabled, and context.WithTimeout of 900 ms), and leave retries to the caller, who knows which commands may be repeated (MaxRetries -1).',
    },
  ],
  subject: goProgram('goredis'),
});
