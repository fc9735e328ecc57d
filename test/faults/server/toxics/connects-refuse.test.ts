// refuse: the proxy is down for a part of the time, and comes back at its address.
import test from 'ava';
import {endlessMs, roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

test(
  'live connections are cut and new ones refused until it is removed',
  withScene,
  echo,
  async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    await scene.add({type: 'refuse', name: 'r'});
    await live.closed;
    await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'});
    t.like(await api<ProxyJson>(scene.url, 'GET', `/proxies/${scene.name}`), {
      enabled: true,
      listen: scene.address,
    });
    t.like(await hitsOf(scene, 'r'), {decisions: 1, applied: 1, connectionsHit: 1});
    t.is((await recordsOf(scene))[0]?.end, 'closed-by-fault');
    await scene.remove('r');
    await roundTrip(await scene.connectOnceUp(), 'ping');
  },
);

test('it begins later and ends by itself', withScene, echo, async (t, scene) => {
  await scene.add({type: 'refuse', name: 'later', start_after: endlessMs});
  const live = await scene.connect();
  await roundTrip(live, 'ping');
  t.is((await hitsOf(scene, 'later')).decisions, 0);
  let startMs = performance.now();
  await scene.add({type: 'refuse', name: 'soon', start_after: 200});
  await live.closed;
  t.true(performance.now() - startMs >= 199, 'not before its time');
  await t.throwsAsync(scene.connect(), {code: 'ECONNREFUSED'});
  await scene.remove('soon');
  const next = await scene.connectOnceUp();
  await roundTrip(next, 'ping');
  startMs = performance.now();
  await scene.add({type: 'refuse', name: 'brief', start_after: 100, duration: 300});
  await next.closed;
  await roundTrip(await scene.connectOnceUp(), 'ping');
  t.true(performance.now() - startMs >= 399, 'for its duration');
});

test('so many times, and then no more', withScene, echo, async (t, scene) => {
  await scene.add({type: 'refuse', name: 'r', duration: 10, every: 20, hit_limit: 2});
  while ((await hitsOf(scene, 'r')).applied < 2);
  const client = await scene.connectOnceUp();
  for (let round = 0; round < 30; round++) await roundTrip(client, 'ping');
  t.like(await hitsOf(scene, 'r'), {decisions: 2, applied: 2});
});

test('dice that say no leave the proxy as it is', withScene, echo, async (t, scene) => {
  await scene.add({type: 'refuse', name: 'r', toxicity: 0});
  await roundTrip(await scene.connect(), 'ping');
  t.like(await hitsOf(scene, 'r'), {decisions: 1, applied: 0, actions: 0});
});
