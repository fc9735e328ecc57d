// shared_bandwidth: all connections of a proxy share one rate, in turns.
import test from 'ava';
import {isBetween, pattern, slackMs} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf} from '../../../helpers/proxy-faults.ts';
import type {Peer} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

test('three connections have a third of the rate each', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'shared_bandwidth', name: 'b', attributes: {rate: 100}});
  const clients = [await scene.connect(), await scene.connect(), await scene.connect()];
  const servers = await Promise.all([0, 1, 2].map(index => scene.upstream.peer(index)));
  const data = pattern(20_000);
  const startMs = performance.now();
  for (const {socket} of servers) socket.write(data);
  await Promise.all(clients.map(client => client.bytes(data.length)));
  isBetween(t, performance.now() - startMs, 590, 600 + slackMs);
  for (const {received, arrivalsMs} of clients) {
    t.true(received.equals(data));
    // One after the other, the first would be through after 200 ms.
    t.true((arrivalsMs.at(-1) ?? 0) - startMs > 400);
  }
  t.like(await hitsOf(scene, 'b'), {connectionsHit: 3});
});

const answersMuch = ({socket}: Peer): void => {
  socket.once('data', () => socket.write(pattern(30_000)));
};

test('one connection alone has all of it', withScene, answersMuch, async (t, scene) => {
  await scene.add({type: 'shared_bandwidth', attributes: {rate: 100}});
  await scene.connect();
  const client = await scene.connect();
  const startMs = performance.now();
  client.socket.write('x');
  await client.bytes(30_000);
  isBetween(t, performance.now() - startMs, 290, 300 + slackMs);
});

for (const rate of [0, 1]) {
  test(`removal lets go what a rate of ${rate} holds`, withScene, undefined, async (t, scene) => {
    await scene.add({type: 'shared_bandwidth', name: 'b', attributes: {rate}});
    const client = await scene.connect();
    const {socket} = await scene.upstream.peer(0);
    const data = pattern(100_000);
    socket.write(data);
    if (rate > 0) await client.bytes(10);
    t.true(client.receivedBytes < data.length);
    await scene.remove('b');
    await client.bytes(data.length);
    t.true(client.received.equals(data));
  });
}
