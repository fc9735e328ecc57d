// What is new at a proxy: each connection and each hit is told once, or counted as left out.
import test from 'ava';
import {wholeEpochMs} from '../../../src/model/clock.ts';
import type {ProxyChanges} from '../../../src/model/proxy-witness.ts';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, untilWitness} from '../../helpers/proxy-faults.ts';
import type {Scene} from '../../helpers/proxy-scene.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

const newsOf = (scene: Scene, query = ''): Promise<ProxyChanges> =>
  api(scene.url, 'GET', `/foulweather/proxies/${scene.name}/changes${query}`);

const since = ({atMs, connectionCount, hitCount}: ProxyChanges): string =>
  `?since=${atMs}&connections=${connectionCount}&hits=${hitCount}`;

/** Times are whole milliseconds: what follows is in another one. */
const nextMs = async (): Promise<void> => {
  const nowMs = wholeEpochMs();
  while (wholeEpochMs() === nowMs) await new Promise(resolve => setImmediate(resolve));
};

/** One request on a connection of its own, which the status fault answers. */
const ask = async (scene: Scene, path: string): Promise<void> => {
  const client = await scene.connect();
  client.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.bytes(10);
  client.socket.destroy();
};

test('connections are news when they open, are hit, and close', withScene, echo, async (t, scene) => {
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  const opened = await newsOf(scene);
  t.like(opened, {connectionCount: 1, connections: [{id: 1, hits: [], hitsMs: [], end: 'open'}]});
  t.is(opened.connections[0]!.clientPort, client.socket.localPort);
  await nextMs();
  const quiet = await newsOf(scene, since(opened));
  t.like(quiet, {connections: [], connectionsLeftOut: 0, hits: [], hitsLeftOut: 0});
  const beforeMs = wholeEpochMs();
  await scene.add({type: 'latency', name: 'l', attributes: {latency: 1}});
  await roundTrip(client, 'ping');
  const hit = await newsOf(scene, since(quiet));
  t.like(hit.connections, [{id: 1, hits: ['l']}]);
  t.true(hit.connections[0]!.hitsMs[0]! >= beforeMs);
  await nextMs();
  client.socket.destroy();
  await untilWitness(scene, ({openConnections}) => openConnections === 0);
  const closed = await newsOf(scene, since(hit));
  t.like(closed.connections, [{id: 1, hits: ['l'], end: 'client-closed'}]);
});

test('requests that were hit are told once, with their operation', withScene, echo, async (t, scene) => {
  await scene.add({type: 'http_status', name: 'h'});
  await ask(scene, '/echo/op-1');
  const first = await newsOf(scene);
  t.like(first, {
    hitCount: 1,
    hits: [{toxic: 'h', connection: 1, operationId: 'op-1', action: 'status-503'}],
  });
  await ask(scene, '/echo/op-2');
  const second = await newsOf(scene, since(first));
  t.deepEqual(
    second.hits.map(({operationId}) => operationId),
    ['op-2'],
  );
});

test(
  'beyond the limit they are counted, and those that were hit come first',
  withScene,
  echo,
  async (t, scene) => {
    for (let count = 0; count < 3; count++) await roundTrip(await scene.connect(), 'ping');
    await scene.add({type: 'http_status', name: 'h'});
    for (const path of ['/a', '/b']) await ask(scene, path);
    const news = await newsOf(scene, '?limit=1');
    t.like(news, {
      connections: [{id: 4, hits: ['h']}],
      connectionsLeftOut: 4,
      hits: [{path: '/a'}],
      hitsLeftOut: 1,
    });
  },
);

test('a query that is none is refused', withScene, echo, async (t, scene) => {
  const path = `/foulweather/proxies/${scene.name}/changes?since=yesterday`;
  const {status, body} = await send(scene.url, {method: 'GET', path});
  t.is(status, 400);
  t.regex(body, /since must be a whole number/);
});
