// What servers say when they are in trouble, beside the worst faults of the network: a storm for each protocol.
import {type Fault, latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {
  amqpError,
  mqttError,
  mysqlError,
  natsError,
  postgresError,
  redisError,
} from '../../model/reply-fault.ts';
import type {ProtocolName} from '../../model/server-errors.ts';
import {titleOf} from '../../model/server-errors.ts';
import {calm, type Storm, withRecoveries} from './storm.ts';

const durationMs = 2500;
/** Silence lasts longer than callers are ready to wait, so that it shows which side bounds the wait. */
const silenceMs = 3500;
/** As a server that is in trouble for a part of its clients. */
const probability = 0.5;

/** Pools keep their connections: only one that is cut meets a refusal. */
const refused = (refusal: Fault): readonly Fault[] => [refusal, resetPeer({durationMs: 300})];

/** By the names of their phases. */
type Said = Readonly<Record<string, readonly Fault[]>>;

const stormOf = (fits: ProtocolName, said: Said): Storm => {
  const faults = [
    {name: 'latency', durationMs, faults: [latency({latencyMs: 100, jitterMs: 50})]},
    ...Object.entries(said).map(([name, faults]) => ({name, durationMs, faults})),
    {name: 'stall', durationMs: silenceMs, faults: [stall()]},
    {name: 'reset', durationMs, faults: [resetPeer()]},
    {name: 'refused', durationMs, faults: [refuse()]},
  ];
  return {
    name: fits,
    summary: `errors of ${titleOf(fits)} servers and network faults, ${faults.length} in all, each with a recovery`,
    fits,
    phases: [...calm(2000, 4000), ...withRecoveries(faults, {lastRecoveryMs: 6000})],
  };
};

const redisWrites = [
  ...[
    'SET',
    'SETEX',
    'SETNX',
    'GETSET',
    'MSET',
    'APPEND',
    'INCR',
    'INCRBY',
    'DECR',
    'DEL',
    'UNLINK',
    'EXPIRE',
  ],
  ...['HSET', 'HDEL', 'HINCRBY', 'LPUSH', 'RPUSH', 'LPOP', 'RPOP', 'SADD', 'SREM', 'ZADD', 'ZREM', 'XADD'],
  ...['EVAL', 'EVALSHA', 'FCALL'],
];

const sqlWrites = ['INSERT', 'UPDATE', 'DELETE'];

export const serverStorms: readonly Storm[] = [
  stormOf('redis', {
    loading: [redisError({error: 'LOADING', probability})],
    'read-only': [redisError({error: 'READONLY', command: redisWrites, probability})],
    'max-clients': refused(redisError({error: 'MAXCLIENTS'})),
  }),
  stormOf('postgres', {
    serialization: [postgresError({error: '40001', probability})],
    'read-only': [postgresError({error: '25006', command: sqlWrites, probability})],
    'too-many-clients': refused(postgresError({error: '53300'})),
    shutdown: [postgresError({error: '57P01'})],
  }),
  stormOf('mysql', {
    deadlock: [mysqlError({error: '1213', probability})],
    'read-only': [mysqlError({error: '1290', command: sqlWrites, probability})],
    'too-many-connections': refused(mysqlError({error: '1040'})),
    shutdown: [mysqlError({error: '1053'})],
  }),
  stormOf('amqp', {
    blocked: [amqpError({error: 'BLOCKED'})],
    'channel-closed': [amqpError({error: '406', nth: 10})],
    'connection-closed': [amqpError({error: '320'})],
  }),
  stormOf('mqtt', {
    unacknowledged: [mqttError({error: 'WITHHELD', command: 'PUBLISH', probability})],
    unavailable: refused(mqttError({error: '3'})),
  }),
  stormOf('nats', {
    'lame-duck': [natsError({error: 'LAME_DUCK'})],
    stale: [natsError({error: 'STALE_CONNECTION'})],
    'max-connections': refused(natsError({error: 'MAX_CONNECTIONS'})),
  }),
];
