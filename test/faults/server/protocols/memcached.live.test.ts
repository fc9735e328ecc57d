// Errors that a memcached server says: by the binary protocol, as memjs sees them, and by the text protocol to the byte.
import test from 'ava';
import memjs from 'memjs';
import {connectTo} from '../../../helpers/proxy-sockets.ts';
import {ServerScene} from '../../../helpers/server-scene.ts';

test('memjs', async t => {
  const scene = await ServerScene.open(t, 'memcached', 'memcached');
  const client = memjs.Client.create(`127.0.0.1:${scene.port}`, {retries: 1, timeout: 30});
  t.teardown(() => client.close());
  t.true(await client.set('a', '1', {}));
  for (const error of ['OUT_OF_MEMORY', 'BUSY', 'TEMPORARY']) {
    const toxic = {type: 'memcached_error', attributes: {error, command: 'SET', key: 'a'}};
    const failed = await scene.during(toxic, () =>
      client.set('a', '2', {}).then(
        result => `answered ${result}`,
        (cause: Error) => `threw ${cause.message}`,
      ),
    );
    t.not(failed, 'answered true', error);
  }
  t.is(String((await client.get('a')).value), '1', 'the target did not get it');
  t.like((await scene.hits())[0], {method: 'SET', path: 'a', action: 'error-OUT_OF_MEMORY'});
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});

test('by the text protocol, within a pipeline', async t => {
  const scene = await ServerScene.open(t, 'memcached', 'memcached');
  const client = await connectTo(`127.0.0.1:${scene.port}`);
  t.teardown(() => client.socket.destroy());
  const wanted = [
    'STORED',
    'SERVER_ERROR out of memory storing object',
    'VALUE a 0 1\r\n1\r\nEND',
    'SERVER_ERROR out of memory storing object',
    'END',
    'NOT_FOUND',
    '',
  ].join('\r\n');
  const toxic = {type: 'memcached_error', attributes: {error: 'OUT_OF_MEMORY', key: 'full*'}};
  await scene.during(toxic, async () => {
    client.socket.write(
      'set a 0 0 1\r\n1\r\nset full:1 0 0 2\r\nhi\r\nget a\r\nset full:2 0 0 3\r\nxyz\r\nget b\r\ndelete c\r\n',
    );
    await client.bytes(wanted.length);
    t.is(String(client.received), wanted);
  });
});
