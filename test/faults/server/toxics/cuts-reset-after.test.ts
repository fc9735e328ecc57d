// reset_after: what came before the cut arrives, and then a RST.
import test from 'ava';
import {isBetween, pattern, roundTrip, slackMs} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

for (const bytes of [1, 7, 32_768, 100_000]) {
  test(`after ${bytes} bytes, all of which arrive`, withScene, echo, async (t, scene) => {
    await scene.add({type: 'reset_after', name: 'r', attributes: {bytes}});
    const client = await scene.connect();
    const data = pattern(200_000);
    client.socket.write(data);
    await client.closed;
    t.is(client.errorCode, 'ECONNRESET');
    t.true(client.received.equals(data.subarray(0, bytes)), `${client.receivedBytes} bytes`);
    const server = await scene.upstream.peer(0);
    await server.closed;
    t.is(server.errorCode, 'ECONNRESET');
    t.like(await hitsOf(scene, 'r'), {connectionsHit: 1, actions: 1});
    t.is((await recordsOf(scene))[0]?.end, 'closed-by-fault');
  });
}

test('the bytes arrive before the reset, every time', withScene, echo, async (t, scene) => {
  await scene.add({type: 'reset_after', attributes: {bytes: 3}});
  for (let round = 0; round < 30; round++) {
    const client = await scene.connect();
    client.socket.write('hello');
    await client.closed;
    t.is(`${client.received} ${client.errorCode}`, 'hel ECONNRESET');
  }
});

test('after a time, counted on each connection', withScene, echo, async (t, scene) => {
  await scene.add({type: 'reset_after', attributes: {ms: 1000}});
  const startMs = performance.now();
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await client.closed;
  isBetween(t, performance.now() - startMs, 999, 1020 + slackMs);
  t.is(client.errorCode, 'ECONNRESET');
  t.is(String(client.received), 'ping');
});

test(
  'at once, without any limit, also on a live connection that is silent',
  withScene,
  echo,
  async (t, scene) => {
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await scene.add({type: 'reset_after'});
    await client.closed;
    t.is(client.errorCode, 'ECONNRESET');
  },
);

test('what other toxics still hold arrives before the reset', withScene, echo, async (t, scene) => {
  await scene.add({type: 'reset_after', attributes: {bytes: 4}});
  await scene.add({type: 'latency', attributes: {latency: 120}});
  const client = await scene.connect();
  client.socket.write('1234 and more');
  await client.closed;
  t.is(`${client.received} ${client.errorCode}`, '1234 ECONNRESET');
});

test('a connection that ends before the cut ends as ever', withScene, echo, async (t, scene) => {
  await scene.add({type: 'reset_after', name: 'r', attributes: {bytes: 100}});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  client.socket.end();
  await client.closed;
  t.is(client.errorCode, undefined);
  t.like(await hitsOf(scene, 'r'), {applied: 1, connectionsHit: 0});
});

test(
  'the count goes on when the toxic is updated, and is over when it is removed',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'reset_after', name: 'r', attributes: {bytes: 100}});
    const [first, second] = [await scene.connect(), await scene.connect()];
    for (const client of [first, second]) await roundTrip(client, '12345');
    await scene.update('r', {attributes: {bytes: 8}});
    first.socket.write('67890');
    await first.closed;
    t.is(`${first.received} ${first.errorCode}`, '12345678 ECONNRESET');
    await scene.remove('r');
    await roundTrip(second, '67890');
    t.is(second.errorCode, undefined);
  },
);
