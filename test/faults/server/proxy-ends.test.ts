// A proxy that passes ends on: a FIN ends one direction only, and a RST resets the other side.
import test from 'ava';
import {requestText} from '../../helpers/http-scene.ts';
import {faultScenes, recordsOf, untilWitness} from '../../helpers/proxy-faults.ts';
import type {Scene, Toxic} from '../../helpers/proxy-scene.ts';
import type {Peer} from '../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

const passEnds = (scene: Scene): Promise<unknown> => scene.call('POST', '', {pass_ends: true});
const isOver = (scene: Scene): Promise<unknown> =>
  untilWitness(scene, ({openConnections}) => openConnections === 0);

const answersAtTheEnd = ({socket}: Peer): void => {
  socket.on('end', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
};

const between: Readonly<Record<string, readonly Toxic[]>> = {
  nothing: [],
  latency: [
    {type: 'latency', stream: 'upstream', attributes: {latency: 50}},
    {type: 'latency', attributes: {latency: 50}},
  ],
  'an HTTP fault': [{type: 'http_status', attributes: {path: '/none'}}],
};

for (const [what, toxics] of Object.entries(between)) {
  test(
    `a request that ends with a FIN is answered, with ${what} in between`,
    withScene,
    answersAtTheEnd,
    async (t, scene) => {
      await passEnds(scene);
      for (const toxic of toxics) await scene.add(toxic);
      const client = await scene.connect({allowHalfOpen: true});
      client.socket.end(requestText('GET', '/'));
      await client.closed;
      t.regex(String(client.received), /\r\n\r\nok$/);
      t.is(client.errorCode, undefined);
      t.is(String((await scene.upstream.peer(0)).received), requestText('GET', '/'));
      await isOver(scene);
    },
  );
}

test('a server that has ended still gets what the client sends', withScene, undefined, async (t, scene) => {
  await passEnds(scene);
  const client = await scene.connect({allowHalfOpen: true});
  const server = await scene.upstream.peer(0);
  server.socket.end('bye');
  await client.ended();
  t.is(String(client.received), 'bye');
  client.socket.write('more');
  await server.bytes(4);
  client.socket.end();
  await server.closed;
  t.is(server.errorCode, undefined);
  await isOver(scene);
});

for (const isHeld of [false, true]) {
  const title = `a reset of either side resets the other${isHeld ? ', through a toxic' : ''}`;
  test(title, withScene, undefined, async (t, scene) => {
    await passEnds(scene);
    if (isHeld) await scene.add({type: 'noop'});
    const [first, second] = [await scene.connect(), await scene.connect()];
    const [firstServer, secondServer] = [await scene.upstream.peer(0), await scene.upstream.peer(1)];
    firstServer.socket.write('data');
    await first.bytes(4);
    firstServer.socket.resetAndDestroy();
    await first.closed;
    t.is(first.errorCode, 'ECONNRESET');
    second.socket.write('data');
    await secondServer.bytes(4);
    second.socket.resetAndDestroy();
    await secondServer.closed;
    t.is(secondServer.errorCode, 'ECONNRESET');
    await isOver(scene);
    t.deepEqual(
      (await recordsOf(scene)).map(({end}) => end),
      ['upstream-reset', 'client-reset'],
    );
  });
}

test('it is shown where it was asked for, and can be taken back', withScene, undefined, async (t, scene) => {
  const isShown = async (): Promise<boolean> => 'pass_ends' in (await scene.call<object>('GET', ''));
  t.false(await isShown());
  await passEnds(scene);
  t.true(await isShown());
  await scene.call('POST', '', {pass_ends: false});
  t.false(await isShown());
  const client = await scene.connect({allowHalfOpen: true});
  client.socket.end('request');
  await client.ended();
  t.is(client.receivedBytes, 0);
});
