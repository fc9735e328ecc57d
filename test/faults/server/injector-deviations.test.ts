// Where our injector differs from Toxiproxy on purpose: it does not crash, does not block, and is inert when told so.

import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import test from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {isBetween, pattern, roundTrip, slackMs} from '../../helpers/proxy-behaviours.ts';
import {Scene} from '../../helpers/proxy-scene.ts';
import {connectTo, echo} from '../../helpers/proxy-sockets.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

const notFound = '{"error":"proxy not found","status":404}\n';

const refused = test.macro(async (t, type: string, attributes: Record<string, number>, reason: string) => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  const path = `/proxies/${scene.name}/toxics`;
  const {status, body} = await send(injector.url, {method: 'POST', path, body: {type, attributes}});
  t.is(status, 400);
  t.is(body, `{"error":"bad request body: ${reason}","status":400}\n`);
});

const slicerReason = 'average_size must be at least 1, also after a negative size_variation';
test('slicer refuses average_size 0, which crashes Toxiproxy', refused, 'slicer', {}, slicerReason);
test('slicer refuses a negative average_size', refused, 'slicer', {average_size: -5}, slicerReason);
test(
  'slicer refuses a variation that leaves nothing',
  refused,
  'slicer',
  {average_size: 5, size_variation: -5},
  slicerReason,
);
test(
  'bandwidth refuses a negative rate, which crashes Toxiproxy',
  refused,
  'bandwidth',
  {rate: -1},
  'rate must not be negative',
);

test('a slash in a name is addressed by its escape', async t => {
  const {url} = injector;
  await api(url, 'POST', '/proxies', {name: 'team/web', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'});
  const path = '/proxies/team%2Fweb';
  t.like(await api(url, 'GET', path), {name: 'team/web', enabled: true});
  t.like(await api(url, 'POST', path, {enabled: false}), {name: 'team/web', enabled: false});
  await api(url, 'POST', `${path}/toxics`, {type: 'latency', name: 'a/b'});
  t.like(await api(url, 'GET', '/proxies/team%2fweb/toxics/a%2fb'), {name: 'a/b', type: 'latency'});
  t.like(await api(url, 'GET', '/foulweather/proxies/team%2Fweb/witness'), {openConnections: 0});
  t.is((await send(url, {method: 'GET', path: '/proxies/team/web'})).status, 404);
  t.is((await send(url, {method: 'GET', path: '/proxies/team%2Fapi'})).body, notFound);
  const moved = await send(url, {method: 'GET', path: '/proxies//team%2Fweb'});
  t.deepEqual([moved.status, moved.headers['location']], [301, path]);
  await api(url, 'DELETE', path);
  t.is((await send(url, {method: 'GET', path})).body, notFound);
});

test('a refused update changes nothing', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'bandwidth', name: 'b', attributes: {rate: 7}});
  const path = `/proxies/${scene.name}/toxics/b`;
  for (const body of [
    {attributes: {rate: -1}, toxicity: 0.5},
    {attributes: {rate: 8}, toxicity: 'x'},
  ]) {
    t.is((await send(injector.url, {method: 'POST', path, body})).status, 400);
    t.like(await api(injector.url, 'GET', path), {attributes: {rate: 7}, toxicity: 1});
  }
});

test('slicer copes with a variation above the average', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'slicer', attributes: {average_size: 3, size_variation: 50}});
  const client = await scene.connect();
  const data = pattern(20_000);
  await roundTrip(client, data);
  t.true(client.received.equals(data));
});

test('negative times are no time', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'latency', name: 'l', attributes: {latency: -1000, jitter: -5}});
  await scene.add({type: 'slow_close', name: 's', attributes: {delay: -1}});
  await scene.add({type: 'slicer', name: 'c', attributes: {average_size: 2, delay: -1}});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  client.socket.end();
  await client.closed;
  t.is(String(client.received), 'ping');
});

test('times beyond what a timer can count do not fire early', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'latency', name: 'l', attributes: {latency: Number.MAX_SAFE_INTEGER}});
  await scene.add({
    type: 'timeout',
    name: 't',
    stream: 'upstream',
    toxicity: 0,
    attributes: {timeout: 2 ** 40},
  });
  const client = await scene.connect();
  client.socket.write('ping');
  await (await scene.upstream.peer(0)).bytes(4);
  await sleep(50);
  t.is(client.receivedBytes, 0);
  await scene.remove('l');
  await client.bytes(4);
});

test('the API answers while a client does not read', async t => {
  const scene = await Scene.open(injector.url);
  t.teardown(() => scene.close());
  const client = await scene.connect();
  client.socket.pause();
  const {socket} = await scene.upstream.peer(0);
  const data = pattern(20_000_000);
  socket.end(data);
  const startMs = performance.now();
  for (let round = 0; round < 5; round++) {
    await scene.add({type: 'latency', name: 'l', attributes: {latency: 1}});
    await scene.add({type: 'slicer', name: 's', attributes: {average_size: 1000}});
    await scene.add({type: 'bandwidth', name: 'b', attributes: {rate: 1_000_000}});
    await scene.update('l', {attributes: {latency: 2}});
    for (const name of ['s', 'l', 'b']) await scene.remove(name);
  }
  isBetween(t, performance.now() - startMs, 0, 5 * slackMs);
  client.socket.resume();
  await client.ended();
  t.true(client.received.equals(data));
});

test('a dial that hangs does not keep others from being accepted', async t => {
  // A listener whose thread sleeps: once its queue is full, connecting to it takes for ever.
  const worker = new Worker(
    `const {createServer} = require('node:net');
     const {parentPort} = require('node:worker_threads');
     const server = createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
     });`,
    {eval: true},
  );
  const [port] = await once(worker, 'message');
  await sleep(100);
  const body = {name: 'hanging', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
  const {listen} = await api<{listen: string}>(injector.url, 'POST', '/proxies', body);
  const clients = await Promise.all(Array.from({length: 8}, () => connectTo(listen)));
  const path = '/foulweather/proxies/hanging/witness';
  while ((await api<ProxyWitness>(injector.url, 'GET', path)).openedConnections < 8);
  t.like(await api(injector.url, 'GET', path), {openConnections: 8, failedDials: 0});
  await api(injector.url, 'DELETE', '/proxies/hanging');
  await Promise.all(clients.map(client => client.closed));
  await worker.terminate();
});

test('reset_peer resets a connection that was there before', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.add({type: 'reset_peer', attributes: {timeout: 0}});
  client.socket.write('pong');
  await client.closed;
  t.is(client.errorCode, 'ECONNRESET');
  const upstream = await scene.upstream.peer(0);
  await upstream.closed;
  t.is(upstream.errorCode, 'ECONNRESET');
});

test('removing reset_peer while it waits resets at once, since bytes are missing', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'reset_peer', name: 'r', attributes: {timeout: 60_000}});
  const client = await scene.connect();
  client.socket.write('ping');
  await (await scene.upstream.peer(0)).bytes(4);
  const untilSwallowed = `/foulweather/proxies/${scene.name}/witness`;
  while ((await api<ProxyWitness>(injector.url, 'GET', untilSwallowed)).faults['r']?.actions !== 1);
  await scene.remove('r');
  await client.closed;
  t.is(client.errorCode, 'ECONNRESET');
});

for (const [type, attributes] of [
  ['reset_peer', {timeout: 0}],
  ['timeout', {timeout: 1}],
  ['limit_data', {bytes: 0}],
] as const) {
  test(`${type} with toxicity 0 is inert, also when it is removed`, async t => {
    const scene = await Scene.open(injector.url, echo);
    t.teardown(() => scene.close());
    await scene.add({type, name: 'x', toxicity: 0, attributes});
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await scene.remove('x');
    await roundTrip(client, 'pong');
    client.socket.end();
    await client.closed;
    t.is(client.errorCode, undefined);
    t.is(String(client.received), 'pingpong');
  });
}

test('adding a toxic does not disturb the one before it', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'latency', name: 'first', attributes: {latency: 200}});
  const client = await scene.connect();
  const startMs = performance.now();
  client.socket.write('ping');
  await (await scene.upstream.peer(0)).bytes(4);
  await scene.add({type: 'noop', name: 'second'});
  await scene.remove('second');
  await client.bytes(4);
  isBetween(t, performance.now() - startMs, 199, 200 + slackMs);
});
