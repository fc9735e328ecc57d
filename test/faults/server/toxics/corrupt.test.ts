// corrupt: bytes that are not what was sent, the same ones for the same seed.
import test, {type ExecutionContext} from 'ava';
import {startInjector} from '../../../../src/faults/server/injector.ts';
import {pattern, roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf} from '../../../helpers/proxy-faults.ts';
import {Scene} from '../../../helpers/proxy-scene.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';
import {send} from '../../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

/** Positions at which two buffers differ, and how many bits do so in each of them. */
function flips(sent: Buffer, received: Buffer): readonly (readonly [at: number, bits: number])[] {
  return [...sent].flatMap((byte, at) => {
    const difference = byte ^ (received[at] ?? 0);
    return difference === 0 ? [] : [[at, difference.toString(2).replaceAll('0', '').length] as const];
  });
}

for (const offset of [0, 5, 40_000]) {
  test(`one bit of the byte at ${offset}, on each connection`, withScene, echo, async (t, scene) => {
    await scene.add({type: 'corrupt', name: 'c', attributes: {offset}});
    const data = pattern(50_000);
    for (let round = 1; round <= 2; round++) {
      const client = await scene.connect();
      await roundTrip(client, data);
      t.deepEqual(flips(data, client.received), [[offset, 1]]);
      t.like(await hitsOf(scene, 'c'), {connectionsHit: round, actions: round});
    }
  });
}

test('upstream, the server gets the wrong byte', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'corrupt', stream: 'upstream', attributes: {offset: 2}});
  const client = await scene.connect();
  const server = await scene.upstream.peer(0);
  for (const part of ['ab', 'cd', 'ef']) {
    client.socket.write(part);
    await server.bytes(part === 'ab' ? 2 : part === 'cd' ? 4 : 6);
  }
  t.deepEqual(flips(Buffer.from('abcdef'), server.received), [[2, 1]]);
});

test(
  'a rate hits about so many, one bit each, and all of them are counted',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'corrupt', name: 'c', attributes: {rate: 10}});
    const client = await scene.connect();
    const data = pattern(400_000);
    await roundTrip(client, data);
    const hits = flips(data, client.received);
    // 4,000 expected with a standard deviation of 63.
    t.true(hits.length > 3700 && hits.length < 4300, `${hits.length}`);
    t.true(hits.every(([, bits]) => bits === 1));
    t.is((await hitsOf(scene, 'c')).actions, hits.length);
  },
);

test('a rate of 1000 per KB hits every byte, and removal ends it', withScene, echo, async (t, scene) => {
  await scene.add({type: 'corrupt', name: 'c', attributes: {rate: 1000}});
  const client = await scene.connect();
  const data = pattern(5000);
  await roundTrip(client, data);
  t.is(flips(data, client.received).length, 5000);
  await scene.remove('c');
  await roundTrip(client, data);
  t.is(flips(Buffer.concat([client.received.subarray(0, 5000), data]), client.received).length, 0);
});

for (const rate of [1e-9, 1e-14, 1e-300, 5e-324]) {
  test(`a rate as small as ${rate} leaves a little data as it is`, withScene, echo, async (t, scene) => {
    await scene.add({type: 'corrupt', name: 'c', attributes: {rate}});
    const client = await scene.connect();
    const data = pattern(5000);
    await roundTrip(client, data);
    t.true(client.received.equals(data));
    t.is((await hitsOf(scene, 'c')).actions, 0);
  });
}

async function corrupted(t: ExecutionContext, seed: number, pieceBytes: number): Promise<string> {
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed});
  t.teardown(() => injector.close());
  const scene = await Scene.open(injector.url, echo, 'p');
  t.teardown(() => scene.upstream.close());
  await scene.add({type: 'corrupt', name: 'c', attributes: {rate: 5}});
  const client = await scene.connect();
  const data = pattern(20_000);
  for (let at = 0; at < data.length; at += pieceBytes)
    await roundTrip(client, data.subarray(at, at + pieceBytes));
  return client.received.toString('base64');
}

test('the seed alone decides, not how the stream is cut', async t => {
  const [whole, pieces, other] = await Promise.all([
    corrupted(t, 7, 20_000),
    corrupted(t, 7, 333),
    corrupted(t, 8, 20_000),
  ]);
  t.is(whole, pieces);
  t.not(whole, other);
});

test('attributes that would do nothing, or cannot be, are refused', withScene, echo, async (t, scene) => {
  const path = `/proxies/${scene.name}/toxics`;
  for (const attributes of [{}, {offset: -1}, {rate: -1}, {rate: 1001}]) {
    t.is((await send(scene.url, {method: 'POST', path, body: {type: 'corrupt', attributes}})).status, 400);
  }
});
