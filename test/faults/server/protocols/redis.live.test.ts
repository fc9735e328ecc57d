// Errors that a Redis server says, as ioredis and redis see them: each command gets the reply that is its own.
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {Redis} from 'ioredis';
import {createClient} from 'redis';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

type Send = (...args: readonly string[]) => Promise<unknown>;
type Client = {
  readonly send: Send;
  /** All at once, in one write. */
  readonly pipeline: (commands: readonly (readonly string[])[]) => Promise<readonly unknown[]>;
  readonly transaction: (commands: readonly (readonly string[])[]) => Promise<unknown>;
};
type Connect = (t: ExecutionContext, port: number) => Promise<Client>;

const settled = async (replies: readonly Promise<unknown>[]): Promise<readonly unknown[]> =>
  (await Promise.allSettled(replies)).map(reply =>
    reply.status === 'fulfilled' ? reply.value : String(reply.reason.message),
  );

const connectTimeout = 60_000;

const withIoredis: Connect = async (t, port) => {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    connectTimeout,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  t.teardown(() => redis.disconnect());
  const send: Send = (name = '', ...args) => redis.call(name, ...args);
  return {
    send,
    pipeline: commands => settled(commands.map(command => send(...command))),
    transaction: commands =>
      redis.multi(commands.map(([name = '', ...args]) => [name.toLowerCase(), ...args])).exec(),
  };
};

const withRedis =
  (RESP: 2 | 3): Connect =>
  async (t, port) => {
    const redis = createClient({
      RESP,
      socket: {port, host: '127.0.0.1', connectTimeout, reconnectStrategy: false},
    });
    redis.on('error', () => {});
    await redis.connect();
    t.teardown(() => (redis.isOpen ? redis.destroy() : undefined));
    const send: Send = (...args) => redis.sendCommand([...args]);
    return {
      send,
      pipeline: commands => settled(commands.map(command => send(...command))),
      transaction: commands => {
        const multi = redis.multi();
        for (const command of commands) multi.addCommand([...command]);
        return multi.exec();
      },
    };
  };

const clients = [
  ['ioredis', withIoredis],
  ['redis with RESP2', withRedis(2)],
  ['redis with RESP3', withRedis(3)],
] as const;

const each = test.macro({
  title: (_, name: string) => `${name}: errors in the place of replies, and everything else as it is`,
  async exec(t, _name: string, connect: Connect) {
    const scene = await ServerScene.open(t, 'redis', 'redis');
    const {send, pipeline, transaction} = await connect(t, scene.port);
    await send('SET', 'a', '1');

    for (const [error, text] of [
      ['LOADING', 'LOADING Redis is loading the dataset in memory'],
      ['READONLY', "READONLY You can't write against a read only replica."],
      ['OOM', "OOM command not allowed when used memory > 'maxmemory'."],
      ['MOVED', `MOVED 15495 127.0.0.1:${scene.port}`],
      ['ASK', `ASK 15495 127.0.0.1:${scene.port}`],
      ['ERR own words', 'ERR own words'],
    ] as const) {
      const attributes = {error, command: 'GET'};
      const got = await scene.during({type: 'redis_error', attributes}, async () => [
        (await errorOf(send('GET', 'a'))).message,
        await send('SET', 'a', error),
      ]);
      t.deepEqual(got, [text, 'OK']);
    }

    // Each answer of a pipeline stays with its command, on both sides of the ones that are hit.
    await send('MSET', 'a', 'A', 'b', 'B', 'big', 'x'.repeat(100_000));
    const pipelined = await scene.during(
      {type: 'redis_error', nth: 2, attributes: {error: 'TRYAGAIN', command: 'GET MGET'}},
      () =>
        pipeline([
          ['GET', 'a'],
          ['GET', 'b'],
          ['INCR', 'n'],
          ['MGET', 'a', 'b'],
          ['GET', 'a'],
          ['STRLEN', 'big'],
          ['GET', 'b'],
        ]),
    );
    const tryAgain = 'TRYAGAIN Multiple keys request during rehashing of slot';
    t.deepEqual(pipelined, ['A', tryAgain, 1, ['A', 'B'], tryAgain, 100_000, 'B']);

    // A rule for a key.
    const keyed = await scene.during(
      {type: 'redis_error', attributes: {error: 'CLUSTERDOWN', key: 'user:*'}},
      () =>
        pipeline([
          ['SET', 'user:1', 'x'],
          ['SET', 'other', 'y'],
        ]),
    );
    t.deepEqual(keyed, ['CLUSTERDOWN The cluster is down', 'OK']);
    t.is(await send('GET', 'user:1'), null, 'the target did not get it');

    // A transaction with a command that failed is discarded as a whole.
    const failed = await errorOf(
      scene.during({type: 'redis_error', attributes: {error: 'OOM', command: 'SET'}}, () =>
        transaction([
          ['SET', 'in', '1'],
          ['INCR', 'm'],
        ]),
      ),
    );
    t.regex(failed.message, /EXECABORT|OOM/);
    t.is(await send('EXISTS', 'm'), 0);
    t.deepEqual(
      await transaction([['INCR', 'm']]).then(JSON.stringify),
      _name === 'ioredis' ? '[[null,1]]' : '[1]',
    );

    const hits = await scene.hits();
    t.like(hits[0], {method: 'GET', path: 'a', action: 'error-LOADING', protocol: 'redis'});
    t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
  },
});

for (const [name, connect] of clients) test(each, name, connect);

test('errors that end the connection, and those that come unasked', async t => {
  const scene = await ServerScene.open(t, 'redis', 'redis');
  const ended = async (
    toxic: Parameters<typeof scene.during>[0],
    act: (client: Client) => Promise<unknown>,
  ) => {
    const client = await withIoredis(t, scene.port);
    await client.send('PING');
    const error = await errorOf(scene.during(toxic, () => act(client)));
    return error.message;
  };
  t.is(
    await ended(
      {type: 'redis_error', attributes: {error: 'NOAUTH', command: 'GET', ending: 'close'}},
      ({send}) => send('GET', 'a'),
    ),
    'NOAUTH Authentication required.',
  );
  await scene.during({type: 'redis_error', attributes: {error: 'MAXCLIENTS'}}, async () => {
    const redis = new Redis({
      port: scene.port,
      host: '127.0.0.1',
      lazyConnect: true,
      retryStrategy: () => null,
    });
    const errors: string[] = [];
    redis.on('error', (error: Error) => errors.push(error.message));
    await redis.connect().catch(() => undefined);
    redis.disconnect();
    t.true((await scene.hits()).some(({action}) => action === 'connect-MAXCLIENTS'));
  });
  const [last] = (await scene.connections()).slice(-1);
  t.is(last!.end, 'closed-by-fault');
});

test('subscriptions go on, with RESP2 and with RESP3', async t => {
  const scene = await ServerScene.open(t, 'redis', 'redis');
  for (const RESP of [2, 3] as const) {
    const open = async () => {
      const redis = createClient({RESP, socket: {port: scene.port, host: '127.0.0.1', connectTimeout}});
      redis.on('error', () => {});
      await redis.connect();
      t.teardown(() => redis.destroy());
      return redis;
    };
    const [subscriber, publisher] = [await open(), await open()];
    const heard: string[] = [];
    const listener = (message: string) => heard.push(message);
    await subscriber.subscribe(['one', 'two'], listener);
    await subscriber.pSubscribe('o*', listener);
    await scene.during({type: 'redis_error', attributes: {error: 'BUSY', command: 'SUBSCRIBE'}}, async () => {
      t.regex((await errorOf(subscriber.subscribe('three', listener))).message, /^BUSY/);
    });
    t.is(await publisher.publish('one', 'first'), 2);
    t.is(await publisher.publish('three', 'nobody'), 0);
    await subscriber.unsubscribe('one', listener);
    await subscriber.unsubscribe();
    await subscriber.pUnsubscribe();
    t.is(await publisher.publish('two', 'late'), 0);
    await subscriber.set(`after-${RESP}`, 'subscription');
    await scene.during({type: 'redis_error', attributes: {error: 'LOADING', command: 'GET'}}, async () => {
      t.regex((await errorOf(subscriber.get(`after-${RESP}`))).message, /^LOADING/);
    });
    t.is(String(await subscriber.get(`after-${RESP}`)), 'subscription');
    while (heard.length < 2) await sleep(5);
    t.deepEqual(heard, ['first', 'first']);
  }
  t.like((await scene.witness()).protocol, {lostConnections: 0});
});
