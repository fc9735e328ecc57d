// blackhole: connections open, and nobody is there.
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf, untilWitness} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

test('new connections are never served, live ones go on', withScene, echo, async (t, scene) => {
  const live = await scene.connect();
  await roundTrip(live, 'ping');
  await scene.add({type: 'blackhole', name: 'b'});
  const lost = await Promise.all([scene.connect(), scene.connect()]);
  for (const client of lost) client.socket.write('hello?');
  await roundTrip(live, 'pong');
  await untilWitness(scene, ({openConnections}) => openConnections === 3);
  await sleep(50);
  for (const client of lost) t.false(client.hasEnded || client.socket.destroyed);
  await scene.remove('b');
  await Promise.all(lost.map(client => client.closed));
  t.is(scene.upstream.peers.length, 1);
  t.like(await hitsOf(scene, 'b'), {decisions: 2, applied: 2, connectionsHit: 2, actions: 2});
  t.deepEqual(
    (await recordsOf(scene)).map(({end}) => end),
    ['open', 'closed-by-fault', 'closed-by-fault'],
  );
  await roundTrip(await scene.connect(), 'ping');
});

test('its connections may stay as they are when it is gone', withScene, echo, async (t, scene) => {
  await scene.add({type: 'blackhole', name: 'b', attributes: {outlives: true}});
  const lost = await scene.connect();
  lost.socket.write('hello?');
  await untilWitness(scene, ({openConnections}) => openConnections === 1);
  await scene.remove('b');
  await roundTrip(await scene.connect(), 'ping');
  t.false(lost.hasEnded || lost.socket.destroyed);
  lost.socket.end();
  await lost.closed;
});

test('who gives up, or resets, is let go', withScene, echo, async (t, scene) => {
  await scene.add({type: 'blackhole'});
  const [ends, resets] = [await scene.connect(), await scene.connect()];
  await untilWitness(scene, ({openConnections}) => openConnections === 2);
  ends.socket.end();
  resets.socket.resetAndDestroy();
  await untilWitness(scene, ({openConnections}) => openConnections === 0);
  await ends.closed;
  t.is(ends.errorCode, undefined);
});

test(
  'with a probability it takes some and serves the others, by the seed',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'blackhole', name: 'b', toxicity: 0.5});
    const clients = await Promise.all(Array.from({length: 40}, () => scene.connect()));
    for (const client of clients) client.socket.write('ping');
    await untilWitness(scene, ({openedConnections}) => openedConnections === 40);
    const {decisions, applied, connectionsHit} = await hitsOf(scene, 'b');
    t.is(decisions, 40);
    t.is(connectionsHit, applied);
    t.true(applied > 5 && applied < 35, `${applied}`);
    await scene.remove('b');
    const served = clients.filter(client => !client.hasEnded);
    await Promise.all(served.map(client => client.bytes(4).catch(() => undefined)));
    t.is(clients.filter(({receivedBytes}) => receivedBytes === 4).length, 40 - applied);
  },
);
