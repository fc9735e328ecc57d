// half_open: one side is gone, and the other is not told.
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf, untilWitness, witnessOf} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

test('live and new connections lose their server and are not told', withScene, echo, async (t, scene) => {
  const live = await scene.connect();
  await roundTrip(live, 'ping');
  await scene.add({type: 'half_open', name: 'h'});
  await (await scene.upstream.peer(0)).ended();
  const fresh = await scene.connect();
  await (await scene.upstream.peer(1)).ended();
  // More than any kernel buffers: it is read, or writing would stall.
  const swallowed = new Promise(resolve => live.socket.write(Buffer.alloc(16_000_000), resolve));
  fresh.socket.write('lost');
  await swallowed;
  await sleep(50);
  // Until all has been read: a close with bytes that nobody read is a reset.
  for (let round = 0; round < 20; round++) await witnessOf(scene);
  for (const client of [live, fresh]) {
    t.false(client.hasEnded || client.socket.destroyed);
    t.is(client.errorCode, undefined);
  }
  t.is(live.receivedBytes, 4);
  await scene.remove('h');
  await Promise.all([live.closed, fresh.closed]);
  t.deepEqual([live.errorCode, fresh.errorCode], [undefined, undefined]);
  t.like(await hitsOf(scene, 'h'), {decisions: 2, applied: 2, connectionsHit: 2, actions: 2});
  t.deepEqual(
    (await recordsOf(scene)).map(({end}) => end),
    ['closed-by-fault', 'closed-by-fault'],
  );
  await untilWitness(scene, ({openConnections}) => openConnections === 0);
});

test('a FIN is not answered, and the connection counts as closed', withScene, echo, async (t, scene) => {
  await scene.add({type: 'half_open', name: 'h'});
  const client = await scene.connect();
  client.socket.end('bye');
  await untilWitness(
    scene,
    ({openedConnections, openConnections}) => openedConnections > 0 && openConnections === 0,
  );
  await sleep(50);
  t.false(client.hasEnded || client.socket.destroyed);
  await scene.remove('h');
  await client.closed;
  t.is((await witnessOf(scene)).openConnections, 0);
});

test('the server goes after so many bytes of its answer', withScene, echo, async (t, scene) => {
  await scene.add({type: 'half_open', attributes: {bytes: 6}});
  const client = await scene.connect();
  await roundTrip(client, 'four');
  client.socket.write('more');
  await client.bytes(6);
  await (await scene.upstream.peer(0)).ended();
  await sleep(50);
  t.is(String(client.received), 'fourmo');
  t.false(client.hasEnded);
});

test('upstream: the client goes, and the server is not told', withScene, echo, async (t, scene) => {
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.add({type: 'half_open', name: 'h', stream: 'upstream'});
  await client.closed;
  const server = await scene.upstream.peer(0);
  await sleep(50);
  t.false(server.hasEnded || server.socket.destroyed);
  server.socket.write('is anybody there?');
  await scene.remove('h');
  await server.ended();
  t.is(server.receivedBytes, 4);
});

test(
  'updates change nothing for those that are half open, and new ones follow',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'half_open', name: 'h'});
    const client = await scene.connect();
    await (await scene.upstream.peer(0)).ended();
    await scene.update('h', {attributes: {bytes: 100}});
    const later = await scene.connect();
    await roundTrip(later, 'ping');
    t.false(client.hasEnded);
  },
);
