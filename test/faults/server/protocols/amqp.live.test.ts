// Errors that a RabbitMQ broker says, as amqplib sees them.
import {once} from 'node:events';
import {type ChannelModel, connect} from 'amqplib';
import test, {type ExecutionContext} from 'ava';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

const open = async (t: ExecutionContext, scene: ServerScene): Promise<ChannelModel> => {
  const connection = await connect(String(scene.address));
  connection.on('error', () => {});
  t.teardown(() => connection.close().catch(() => {}));
  return connection;
};

test('channels that are closed, and messages that are refused', async t => {
  const scene = await ServerScene.open(t, 'rabbitmq', 'amqp');
  const connection = await open(t, scene);
  for (const [error, code] of [
    ['404', 404],
    ['405', 405],
    ['406', 406],
  ] as const) {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const failed = await scene.during(
      {type: 'amqp_error', attributes: {error, command: 'queue.declare', key: 'wor*'}},
      async () => {
        await channel.assertQueue('other');
        return errorOf(channel.assertQueue('work'));
      },
    );
    t.like(failed, {code});
  }
  // The connection goes on, with channels of the same numbers.
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('work');
  const publish = (text: string) =>
    new Promise<boolean>(resolve =>
      channel.sendToQueue('work', Buffer.from(text), {}, error => resolve(error === null)),
    );
  const nacked = {type: 'amqp_error', nth: 2, attributes: {error: 'NACK', command: 'basic.publish'}};
  const confirmed = await scene.during(nacked, () => Promise.all(['a', 'b', 'c', 'd', 'e'].map(publish)));
  t.deepEqual(confirmed, [true, false, true, false, true]);
  t.true(await publish('f'));
  const got: string[] = [];
  await new Promise<void>(resolve => {
    void channel.consume('work', message => {
      got.push(String(message?.content));
      if (got.length === 6) resolve();
    });
  });
  t.deepEqual(got, ['a', 'b', 'c', 'd', 'e', 'f']);
  const hits = await scene.hits();
  t.like(hits[0], {method: 'QUEUE.DECLARE', path: 'work', action: 'error-404', protocol: 'amqp'});
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});

test('a broker that refuses, blocks, and leaves', async t => {
  const scene = await ServerScene.open(t, 'rabbitmq', 'amqp');
  for (const [error, text] of [
    // amqplib says no more of a virtual host that it may not use.
    ['530', /got <ConnectionClose/],
    ['403', /403.*ACCESS_REFUSED/],
  ] as const) {
    const toxic = {type: 'amqp_error', attributes: {error, when: 'connect', ending: 'close'}};
    t.regex((await scene.during(toxic, () => errorOf(open(t, scene)))).message, text);
  }
  const connection = await open(t, scene);
  const blocked = once(connection, 'blocked');
  const unblocked = once(connection, 'unblocked');
  const [reason] = await scene.during({type: 'amqp_error', attributes: {error: 'BLOCKED'}}, () => blocked);
  t.is(reason, 'low on memory');
  await unblocked;
  const ended = once(connection, 'close');
  await scene.during({type: 'amqp_error', attributes: {error: '320'}}, () => ended);
  t.true((await scene.hits()).some(({action}) => action === 'unasked-320'));
});
