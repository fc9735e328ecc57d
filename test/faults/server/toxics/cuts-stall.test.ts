// stall: silent at once, after so many bytes, or after a time; and the connection stays open.
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {isBetween, roundTrip, slackMs} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf, untilWitness} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';
import {until} from '../../../helpers/run-until.ts';

const withScene = faultScenes();

test('stall is silent at once, and its removal closes the connection', withScene, echo, async (t, scene) => {
  const before = await scene.connect();
  await roundTrip(before, 'ping');
  await scene.add({type: 'stall', name: 's'});
  const after = await scene.connect();
  for (const client of [before, after]) client.socket.write('lost');
  await (await scene.upstream.peer(0)).bytes(8);
  await (await scene.upstream.peer(1)).bytes(4);
  await untilWitness(scene, ({faults}) => faults['s']?.connectionsHit === 2);
  t.is(before.receivedBytes, 4);
  t.is(after.receivedBytes, 0);
  t.false(before.hasEnded || after.hasEnded);
  await scene.remove('s');
  await Promise.all([before.closed, after.closed]);
  t.deepEqual([before.errorCode, after.errorCode], [undefined, undefined]);
  t.like(await hitsOf(scene, 's'), {decisions: 2, applied: 2, connectionsHit: 2, actions: 2});
  t.deepEqual(
    (await recordsOf(scene)).map(({end, hits}) => ({end, hits})),
    [
      {end: 'closed-by-fault', hits: ['s']},
      {end: 'closed-by-fault', hits: ['s']},
    ],
  );
});

test('stall lets exactly its bytes through, over several chunks', withScene, echo, async (t, scene) => {
  await scene.add({type: 'stall', attributes: {bytes: 7}});
  const client = await scene.connect();
  await roundTrip(client, 'five5');
  client.socket.write('-more');
  await client.bytes(7);
  client.socket.write('and more');
  await (await scene.upstream.peer(0)).bytes(18);
  await untilWitness(scene, ({faults}) => (faults['stall_downstream']?.actions ?? 0) >= 2);
  t.is(String(client.received), 'five5-m');
  t.false(client.hasEnded);
});

test('stall lets through what comes within its time', withScene, echo, async (t, scene) => {
  let passed = 0;
  // A machine that pauses may let nothing through within a short time.
  for (const ms of [400, 1600, 6400]) {
    const client = await scene.connect();
    await roundTrip(client, 'zero');
    const startMs = performance.now();
    const name = `s${ms}`;
    await scene.add({type: 'stall', name, attributes: {ms}});
    // The first answer that is dropped is counted.
    const isSilent = async (): Promise<boolean> => (await hitsOf(scene, name)).actions > 0;
    while (!(await isSilent())) {
      const wanted = client.receivedBytes + 4;
      client.socket.write('ping');
      await until(async () => client.receivedBytes === wanted || (await isSilent()), 10_000);
    }
    isBetween(t, performance.now() - startMs, ms - 1, ms + slackMs);
    passed = client.receivedBytes;
    await sleep(50);
    t.is(client.receivedBytes, passed);
    if (passed > 4) break;
    await scene.remove(name);
  }
  t.true(passed > 4, 'something came through before');
});

test('removing a stall that has not begun leaves the connection alone', withScene, echo, async (t, scene) => {
  await scene.add({type: 'stall', name: 's', attributes: {bytes: 100}});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.remove('s');
  await roundTrip(client, 'pong');
  t.is(String(client.received), 'pingpong');
  t.like(await hitsOf(scene, 's'), {applied: 1, connectionsHit: 0, firstHitMs: null, lastHitMs: null});
});

test('an update does not wake a connection that has gone silent', withScene, echo, async (t, scene) => {
  await scene.add({type: 'stall', name: 's', attributes: {bytes: 2}});
  const client = await scene.connect();
  client.socket.write('lost');
  await client.bytes(2);
  await scene.update('s', {attributes: {bytes: 1000}});
  client.socket.write('more');
  await untilWitness(scene, ({faults}) => faults['s']?.actions === 2);
  t.is(String(client.received), 'lo');
});

test('an upstream stall keeps the request from the server', withScene, echo, async (t, scene) => {
  await scene.add({type: 'stall', name: 's', stream: 'upstream', attributes: {bytes: 3}});
  const client = await scene.connect();
  client.socket.write('request');
  await client.bytes(3);
  await untilWitness(scene, ({faults}) => faults['s']?.actions === 1);
  t.is(String((await scene.upstream.peer(0)).received), 'req');
  client.socket.end();
  await client.closed;
});

test(
  'what it has silenced may stay so when it is gone, and new connections work',
  withScene,
  echo,
  async (t, scene) => {
    const before = await scene.connect();
    await roundTrip(before, 'ping');
    await scene.add({type: 'stall', name: 's', attributes: {both: true, outlives: true}});
    before.socket.write('lost');
    await untilWitness(scene, ({faults}) => faults['s']?.actions === 1);
    await scene.remove('s');
    await roundTrip(await scene.connect(), 'pong');
    before.socket.write('more');
    await untilWitness(scene, ({faults}) => faults['s']?.actions === 2);
    t.is(String(before.received), 'ping');
    t.is(String((await scene.upstream.peer(0)).received), 'ping');
    t.false(before.hasEnded);
    before.socket.end();
    await before.closed;
    await untilWitness(scene, ({openConnections}) => openConnections === 1);
  },
);

test(
  'one that had nothing to say is as dead, and one that was not silent yet goes on',
  withScene,
  echo,
  async (t, scene) => {
    const [idle, live] = [await scene.connect(), await scene.connect()];
    await scene.add({type: 'stall', name: 'dead', attributes: {outlives: true}, first_n: 1});
    await scene.add({type: 'stall', name: 'late', attributes: {outlives: true, bytes: 100}});
    await roundTrip(live, 'ping');
    await scene.remove('dead');
    await scene.remove('late');
    idle.socket.write('anybody?');
    await (await scene.upstream.peer(0)).bytes(8);
    await untilWitness(scene, ({faults}) => faults['dead']?.actions === 1);
    t.is(idle.receivedBytes, 0);
    await roundTrip(live, 'pong');
  },
);
