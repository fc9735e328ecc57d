// Somebody sets the machine's clock while the injector runs: its times go on, and no news is missed.
import test from 'ava';
import type {ProxyChanges} from '../../../src/model/proxy-witness.ts';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf} from '../../helpers/proxy-faults.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {api} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();
const hourMs = 3_600_000;

// The injector of this file runs in its process, and so has this clock.
let stepMs = 0;
const wallMs = Date.now;
Date.now = () => wallMs() + stepMs;

test.serial(
  'hits are news, and in order, whatever the wall clock says',
  withScene,
  echo,
  async (t, scene) => {
    const startedMs = performance.timeOrigin + performance.now();
    await scene.add({type: 'latency', name: 'l', attributes: {latency: 1}});
    let {atMs, connectionCount} = await api<ProxyChanges>(
      scene.url,
      'GET',
      `/foulweather/proxies/${scene.name}/changes`,
    );
    const times: number[] = [];
    for (const step of [0, -hourMs, hourMs, -24 * hourMs, 0]) {
      stepMs = step;
      const client = await scene.connect();
      await roundTrip(client, 'ping');
      const query = `?since=${atMs}&connections=${connectionCount}`;
      const news: ProxyChanges = await api(
        scene.url,
        'GET',
        `/foulweather/proxies/${scene.name}/changes${query}`,
      );
      const hit = news.connections.at(-1);
      t.like(hit, {hits: ['l'], end: 'open'}, `the clock ${step} ms off`);
      // The connection is known already: only its hit makes it news.
      await scene.remove('l');
      await scene.add({type: 'latency', name: `l${step}`, attributes: {latency: 1}});
      stepMs = -step;
      await roundTrip(client, 'pong');
      const later: ProxyChanges = await api(
        scene.url,
        'GET',
        `/foulweather/proxies/${scene.name}/changes?since=${news.atMs}&connections=${news.connectionCount}`,
      );
      t.true(later.connections.some(({id, hits}) => id === hit?.id && hits.includes(`l${step}`)));
      times.push(
        hit?.openedMs ?? 0,
        ...(later.connections.find(({id}) => id === hit?.id)?.hitsMs ?? []),
        later.atMs,
      );
      await scene.remove(`l${step}`);
      await scene.add({type: 'latency', name: 'l', attributes: {latency: 1}});
      ({atMs, connectionCount} = later);
    }
    t.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const endedMs = performance.timeOrigin + performance.now();
    t.true(times.every(ms => ms >= Math.floor(startedMs) && ms <= endedMs));
  },
);

test.serial(
  'requests that were hit, and connections that closed, have those times, too',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'http_status', name: 'h'});
    const startedMs = Math.floor(performance.timeOrigin + performance.now());
    stepMs = -hourMs;
    const client = await scene.connect();
    client.socket.write('GET /things/op-1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.bytes(10);
    stepMs = hourMs;
    client.socket.resetAndDestroy();
    await scene.connect();
    while ((await recordsOf(scene))[0]?.closedMs === null);
    const [record] = await recordsOf(scene);
    const {hits} = await api<ProxyChanges>(scene.url, 'GET', `/foulweather/proxies/${scene.name}/changes`);
    const {firstHitMs, lastHitMs} = await hitsOf(scene, 'h');
    const endedMs = performance.timeOrigin + performance.now();
    for (const ms of [record?.openedMs, record?.closedMs, hits[0]?.atMs, firstHitMs, lastHitMs]) {
      t.true(typeof ms === 'number' && ms >= startedMs && ms <= endedMs, `${ms}`);
    }
  },
);
