// flap: down, up, and down again.
import test from 'ava';
import {endlessMs, isBetween, roundTrip, slackMs} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf} from '../../../helpers/proxy-faults.ts';
import type {Scene} from '../../../helpers/proxy-scene.ts';
import {echo, type Peer} from '../../../helpers/proxy-sockets.ts';
import {until} from '../../../helpers/run-until.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

/** A connection that works. On a busy machine an up-time may be over before it was used. */
async function usedOnceUp(scene: Scene): Promise<Peer> {
  for (;;) {
    const client = await scene.connectOnceUp();
    if (
      await roundTrip(client, 'ping').then(
        () => true,
        () => false,
      )
    )
      return client;
  }
}

test(
  'it begins with down: live connections are cut; it is up after its time, and down again after up',
  withScene,
  echo,
  async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    const startMs = performance.now();
    await scene.add({type: 'flap', name: 'f', attributes: {down: 300, up: 300}});
    await live.closed;
    const next = await usedOnceUp(scene);
    isBetween(t, performance.now() - startMs, 299, 300 + 2 * slackMs);
    await next.closed;
    isBetween(t, performance.now() - startMs, 599, 600 + 2 * slackMs);
    await scene.remove('f');
    await scene.connectOnceUp();
    const {decisions, applied, connectionsHit, actions} = await hitsOf(scene, 'f');
    t.is(decisions, applied);
    t.true(decisions >= 2);
    t.true(connectionsHit >= 2);
    t.is(actions, decisions + connectionsHit);
    t.is((await recordsOf(scene))[0]?.end, 'closed-by-fault');
  },
);

test(
  'a proxy that is down by a flap refuses, is enabled all the same, and stays at its address',
  withScene,
  echo,
  async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    await scene.add({type: 'flap', name: 'f', attributes: {down: endlessMs}});
    await live.closed;
    const {listen} = await api<ProxyJson>(scene.url, 'GET', `/proxies/${scene.name}`);
    t.is(listen, scene.address);
    t.like(await api(scene.url, 'GET', `/proxies/${scene.name}`), {enabled: true});
    await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'});
    await scene.change({enabled: false});
    await scene.remove('f');
    await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'}, 'it is disabled');
    await scene.add({type: 'flap', name: 'f', attributes: {down: endlessMs}});
    await scene.change({enabled: true});
    await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'}, 'it is down');
    await scene.remove('f');
    await scene.connectOnceUp();
    t.is(scene.address, listen);
  },
);

test('two flaps: it is up only when both are', withScene, echo, async (t, scene) => {
  await scene.add({type: 'flap', name: 'a', attributes: {down: endlessMs}});
  await scene.add({type: 'flap', name: 'b', stream: 'upstream', attributes: {down: endlessMs}});
  await scene.remove('a');
  await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'});
  await scene.remove('b');
  await t.notThrowsAsync(scene.connectOnceUp());
});

test('the toxicity is that of each down-time', withScene, echo, async (t, scene) => {
  await scene.add({type: 'flap', name: 'f', toxicity: 0.5, attributes: {down: 5, up: 5}});
  await until(async () => (await hitsOf(scene, 'f')).decisions >= 40, 10_000);
  const {decisions, applied, actions} = await hitsOf(scene, 'f');
  t.true(applied > decisions * 0.15 && applied < decisions * 0.85, `${applied} of ${decisions}`);
  t.is(actions, applied);
});

test('so many down-times, and then no more', withScene, echo, async (t, scene) => {
  await scene.add({type: 'flap', name: 'f', attributes: {down: 5, up: 5}, first_n: 3});
  await until(async () => (await hitsOf(scene, 'f')).decisions >= 3, 10_000);
  const client = await scene.connectOnceUp();
  for (let round = 0; round < 20; round++) await roundTrip(client, 'ping');
  t.is((await hitsOf(scene, 'f')).decisions, 3);
});

test('the proxy may be removed while it is down', withScene, echo, async (t, scene) => {
  const body = {name: `${scene.name}-2`, listen: '127.0.0.1:0', upstream: scene.upstream.address};
  const {listen} = await api<ProxyJson>(scene.url, 'POST', '/proxies', body);
  await api(scene.url, 'POST', `/proxies/${scene.name}-2/toxics`, {
    type: 'flap',
    attributes: {down: 10, up: 10},
  });
  await api(scene.url, 'DELETE', `/proxies/${scene.name}-2`);
  // Its address is free for good.
  const again = await api<ProxyJson>(scene.url, 'POST', '/proxies', {...body, listen});
  t.is(again.listen, listen);
  await api(scene.url, 'DELETE', `/proxies/${scene.name}-2`);
});
