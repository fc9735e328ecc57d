// The fields that any toxic may have: first_n, hit_limit, start_after, duration.
import test from 'ava';
import {endlessMs, isBetween, roundTrip, slackMs} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf} from '../../helpers/proxy-faults.ts';
import type {Scene, Toxic} from '../../helpers/proxy-scene.ts';
import {echo, type Peer} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';
import {send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

/** Whether each of so many connections, one after the other, is closed by a limit_data of 0. */
async function hits(scene: Scene, count: number): Promise<string> {
  let line = '';
  for (let index = 0; index < count; index++) {
    const client = await scene.connect();
    client.socket.write('x');
    await Promise.race([client.bytes(1).catch(() => undefined), client.closed]);
    line += client.receivedBytes === 0 ? '1' : '0';
    client.socket.destroy();
  }
  return line;
}

/** A client that gets no answer in the time of a toxic. On a machine that pauses it may be late: then another one tries. */
async function lostWithin(scene: Scene, toxic: Toxic & {readonly name: string}): Promise<Peer> {
  for (;;) {
    await scene.add(toxic);
    const client = await scene.connect();
    client.socket.write('lost');
    if (
      await client.bytes(4).then(
        () => false,
        () => true,
      )
    )
      return client;
    await scene.remove(toxic.name);
  }
}

test(
  'first_n takes the first connections only, the live ones before the new',
  withScene,
  echo,
  async (t, scene) => {
    const live = [await scene.connect(), await scene.connect()];
    for (const client of live) await roundTrip(client, 'ping');
    await scene.add({type: 'limit_data', name: 'l', first_n: 3});
    for (const {socket} of live) socket.write('x');
    await Promise.all(live.map(client => client.closed));
    t.is(await hits(scene, 4), '1000');
    t.like(await hitsOf(scene, 'l'), {decisions: 3, applied: 3, connectionsHit: 3});
  },
);

test(
  'first_n comes before the dice, hit_limit after them',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'limit_data', name: 'first', toxicity: 0.5, first_n: 12});
    const line = await hits(scene, 20);
    const {decisions, applied} = await hitsOf(scene, 'first');
    t.is(decisions, 12);
    t.is(line.slice(12), '00000000');
    t.is(line.replaceAll('0', '').length, applied);
    await scene.remove('first');
    await scene.add({type: 'limit_data', name: 'most', toxicity: 0.5, hit_limit: 2});
    const limited = await hits(scene, 20);
    t.is(limited.replaceAll('0', ''), '11');
    t.is((await hitsOf(scene, 'most')).decisions, limited.lastIndexOf('1') + 1);
  },
  'dice',
);

test(
  'a connection that was taken stays taken when the toxic is updated',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'latency', name: 'l', attributes: {latency: 1}, first_n: 1, hit_limit: 1});
    const [first, second] = [await scene.connect(), await scene.connect()];
    for (const client of [first, second]) await roundTrip(client, 'ping');
    await scene.update('l', {attributes: {latency: 200}});
    isBetween(t, await roundTrip(first, 'ping'), 199, 200 + slackMs);
    await scene.update('l', {attributes: {latency: endlessMs}});
    await roundTrip(second, 'ping');
    t.like(await hitsOf(scene, 'l'), {decisions: 3, applied: 3, connectionsHit: 1});
  },
);

test(
  'start_after and duration: it begins later, on live connections too, and ends by itself',
  withScene,
  echo,
  async (t, scene) => {
    const client = await scene.connect();
    const startMs = performance.now();
    // One answer is held back, and comes when the toxic's time is over.
    let longestMs = 0;
    const traffic = async (): Promise<void> => {
      while (performance.now() - startMs < 699)
        longestMs = Math.max(longestMs, await roundTrip(client, 'ping'));
    };
    const toxic = {type: 'bandwidth', name: 'b', attributes: {rate: 0}, start_after: 300, duration: 400};
    await Promise.all([traffic(), scene.add(toxic)]);
    isBetween(t, performance.now() - startMs, 699, 700 + slackMs);
    isBetween(t, longestMs, 200, 401 + slackMs);
    await roundTrip(client, 'ping');
    const {firstHitMs, lastHitMs} = await hitsOf(scene, 'b');
    t.true(firstHitMs! <= lastHitMs!);
    t.like(await scene.call('GET', '/toxics/b'), {start_after: 300, duration: 400}, 'it is still there');
  },
);

test(
  'a stall that ends by itself closes the connections that it silenced',
  withScene,
  echo,
  async (t, scene) => {
    const client = await lostWithin(scene, {type: 'stall', name: 's', duration: 400});
    await client.closed;
    t.is(client.errorCode, undefined);
    await roundTrip(await scene.connect(), 'ping');
  },
);

test('blackhole and flap begin and end by themselves, too', withScene, echo, async (t, scene) => {
  const lost = await lostWithin(scene, {type: 'blackhole', name: 'b', duration: 400});
  await lost.closed;
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.add({type: 'flap', name: 'f', start_after: 50, duration: 100, attributes: {down: 60_000}});
  await client.closed;
  await scene.connectOnceUp();
  t.is((await hitsOf(scene, 'f')).actions, 2);
});

test(
  'an order that toxics were added in holds, though one begins later',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'limit_data', name: 'early', attributes: {bytes: 2}, start_after: 100});
    await scene.add({type: 'corrupt', name: 'late', attributes: {offset: 0}});
    const client = await scene.connect();
    await until(async () => {
      if (!client.socket.destroyed) client.socket.write('a');
      return client.hasEnded || client.socket.destroyed;
    }, 5000);
    // Behind limit_data, the corruption acts on what limit_data let through: its first byte.
    t.is((await hitsOf(scene, 'late')).actions, 1);
  },
);

test('the fields are shown only where they were given, in one order', withScene, echo, async (t, scene) => {
  const path = `/proxies/${scene.name}/toxics`;
  const add = (body: object) => send(scene.url, {method: 'POST', path, body});
  t.is(
    (await add({type: 'noop', name: 'plain'})).body,
    '{"attributes":{},"name":"plain","type":"noop","stream":"downstream","toxicity":1}',
  );
  t.is(
    (await add({duration: 4, Hit_Limit: 2, type: 'noop', first_n: 1, start_after: null})).body,
    '{"attributes":{},"name":"noop_downstream","type":"noop","stream":"downstream","toxicity":1,"first_n":1,"hit_limit":2,"duration":4}',
  );
  const refused = await add({type: 'noop', name: 'x', first_n: -1});
  t.is(refused.body, '{"error":"bad request body: first_n must not be negative","status":400}\n');
  t.is((await add({type: 'noop', name: 'x', duration: 1.5})).status, 400);
});
