// redis-py: what a caller does is what the scenario of node-redis does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {inAnyOrder, pythonProgram, sameAs} from './in-another-language.ts';
import redis from './redis.ts';

export default defineScenario({
  ...inAnyOrder(sameAs(redis)),
  name: 'python-redis',
  observation: 'Workers wait for Redis long after it stopped responding.',
  remarks: [
    'The variant "defaults" uses redis-py as created by redis.Redis.from_url(url), with a database in the URL and a name for the connection: a pool of at most 100 connections, a time limit of 5 s for connecting and for each reply, and ten retries of a command whose connection was lost or timed out, with pauses of up to 1 s (https://redis.io/docs/latest/develop/clients/redis-py/produsage/). A retried write may be applied twice.',
    'Each operation has a thread of its own, and takes a connection of the pool for each command or pipeline.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {connectSeconds: 0.5, seconds: 0.75, retries: 0},
      change:
        'Bound connecting and each reply (socket_connect_timeout 0.5 s, socket_timeout 0.75 s), and leave retries to the caller, who knows which commands may be repeated (Retry(NoBackoff(), 0)).',
    },
  ],
  subject: pythonProgram('redis_py.py'),
});
