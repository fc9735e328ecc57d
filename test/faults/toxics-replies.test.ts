// Every constructor of a server's error, by way of the scenario's check, to what the injector's API takes.
import test from 'ava';
import {carriedBy, needsEmbedded, toToxic} from '../../src/faults/toxics.ts';
import {stall} from '../../src/model/fault.ts';
import {
  amqpError,
  memcachedError,
  mqttError,
  mysqlError,
  natsError,
  postgresError,
  type ReplyFault,
  redisError,
  smtpError,
} from '../../src/model/reply-fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {describeFault} from '../../src/report/blocks/faults.ts';

const becomes = test.macro({
  title: (_title, _fault: ReplyFault, _type: string, _attributes: object, words: string) => words,
  exec(t, fault: ReplyFault, type: string, attributes: object, words: string) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    t.like(toToxic('phase-1', fault, 1000), {
      name: 'phase-1',
      stream: 'downstream',
      toxicity: fault.probability,
      type,
      attributes: {message: '', command: '', key: '', when: 'usual', ending: 'usual', ...attributes},
    });
    t.true(needsEmbedded(fault));
    t.is(describeFault(fault), words);
    t.is(carriedBy([stall(), fault]), type.replace('_error', ''));
  },
});

test(
  becomes,
  redisError({error: 'READONLY', command: ['SET', 'INCR'], key: 'user:*', nth: 2}),
  'redis_error',
  {error: 'READONLY', command: 'SET INCR', key: 'user:*'},
  'Redis error READONLY instead of a reply (SET INCR user:*), one answer in 2',
);
test(
  becomes,
  redisError({error: 'ERR unknown command', probability: 0.5}),
  'redis_error',
  {error: 'ERR unknown command'},
  'Redis error ERR instead of a reply, on 50.0% of the answers',
);
test(
  becomes,
  postgresError({error: '57P01'}),
  'postgres_error',
  {error: '57P01'},
  'PostgreSQL error 57P01 unasked, then a close (FIN)',
);
test(
  becomes,
  mysqlError({error: '1040', firstN: 3}),
  'mysql_error',
  {error: '1040'},
  'MySQL error 1040 on connect, then a close (FIN), on the first 3 answers only',
);
test(
  becomes,
  amqpError({error: '404', command: 'queue.declare', ending: 'abort'}),
  'amqp_error',
  {error: '404', command: 'queue.declare', ending: 'abort'},
  'AMQP 0-9-1 error 404 instead of a reply (queue.declare), then a reset (RST)',
);
test(becomes, smtpError({error: '451'}), 'smtp_error', {error: '451'}, 'SMTP error 451 instead of a reply');
test(becomes, natsError({error: '503'}), 'nats_error', {error: '503'}, 'NATS error 503 instead of a reply');
test(
  becomes,
  memcachedError({error: 'BUSY', hitLimit: 1}),
  'memcached_error',
  {error: 'BUSY'},
  'memcached error BUSY instead of a reply, at most 1 hit',
);
test(
  becomes,
  mqttError({error: '0x97'}),
  'mqtt_error',
  {error: '0x97'},
  'MQTT error 0x97 instead of a reply',
);
