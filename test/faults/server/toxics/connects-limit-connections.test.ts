// limit_connections: so many connections at a time, and what becomes of the others.
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf, untilWitness} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

test(
  'the others are closed as they come, and a place that is free is taken again',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'limit_connections', name: 'l', attributes: {connections: 2}});
    const [first, second] = [await scene.connect(), await scene.connect()];
    for (const client of [first, second]) await roundTrip(client, 'ping');
    const third = await scene.connect();
    await third.closed;
    t.is(third.errorCode, undefined);
    first.socket.end();
    await first.closed;
    await untilWitness(scene, ({openConnections}) => openConnections === 1);
    await roundTrip(await scene.connect(), 'ping');
    await roundTrip(second, 'pong');
    t.like(await hitsOf(scene, 'l'), {decisions: 1, applied: 1, connectionsHit: 1, actions: 1});
    t.is(scene.upstream.peers.length, 3, 'the upstream was not dialled for it');
    t.deepEqual(
      (await recordsOf(scene)).map(({end, hits}) => `${end} ${hits}`),
      ['client-closed ', 'open ', 'closed-by-fault l', 'open '],
    );
  },
);

test('connections from before stay, and count', withScene, echo, async (t, scene) => {
  const before = await scene.connect();
  await roundTrip(before, 'ping');
  await scene.add({type: 'limit_connections', name: 'l', attributes: {connections: 1}});
  await (await scene.connect()).closed;
  await roundTrip(before, 'pong');
  await scene.update('l', {attributes: {connections: 2}});
  await roundTrip(await scene.connect(), 'ping');
  t.is((await hitsOf(scene, 'l')).connectionsHit, 1);
});

test('the others may be left unanswered, until the toxic is gone', withScene, echo, async (t, scene) => {
  await scene.add({type: 'limit_connections', name: 'l', attributes: {connections: 0, unanswered: true}});
  const [waiting, givesUp] = [await scene.connect(), await scene.connect()];
  for (const client of [waiting, givesUp]) client.socket.write('hello?');
  await untilWitness(scene, ({openConnections}) => openConnections === 2);
  givesUp.socket.end();
  await givesUp.closed;
  await untilWitness(scene, ({openConnections}) => openConnections === 1);
  await sleep(50);
  t.false(waiting.hasEnded);
  await scene.remove('l');
  await waiting.closed;
  t.is(waiting.receivedBytes, 0);
  t.is(scene.upstream.peers.length, 0);
  await roundTrip(await scene.connect(), 'ping');
});
