// coalesce: what comes bit by bit arrives in one piece, whole and in order.
import test from 'ava';
import {endlessMs, pattern} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf} from '../../../helpers/proxy-faults.ts';
import type {Peer} from '../../../helpers/proxy-sockets.ts';
import {send} from '../../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

test('pieces that come within the time arrive in one', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'slicer', attributes: {average_size: 1, delay: 1000}});
  await scene.add({type: 'coalesce', name: 'c', attributes: {hold: 500}});
  const client = await scene.connect();
  const {socket} = await scene.upstream.peer(0);
  socket.write('0123456789');
  await client.bytes(10);
  t.deepEqual(client.chunks.map(String), ['0123456789']);
  t.like(await hitsOf(scene, 'c'), {connectionsHit: 1, actions: 1});
});

test('what comes alone comes later, and is no hit', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'coalesce', name: 'c', attributes: {hold: 100}});
  const client = await scene.connect();
  const {socket} = await scene.upstream.peer(0);
  const startMs = performance.now();
  socket.write('alone');
  await client.bytes(5);
  t.true(performance.now() - startMs >= 99);
  t.like(await hitsOf(scene, 'c'), {decisions: 1, actions: 0});
});

test('64 KiB wait no longer, and removal lets the rest go', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'coalesce', name: 'c', attributes: {hold: endlessMs}});
  const client = await scene.connect();
  const {socket} = await scene.upstream.peer(0);
  const data = pattern(100_000);
  socket.write(data);
  await client.bytes(64 * 1024);
  t.true(client.receivedBytes < data.length);
  await scene.remove('c');
  await client.bytes(data.length);
  t.true(client.received.equals(data));
});

test('the end of the connection waits for nothing', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'coalesce', attributes: {hold: endlessMs}});
  const client = await scene.connect();
  const {socket} = await scene.upstream.peer(0);
  socket.end('bye');
  await client.ended();
  t.is(String(client.received), 'bye');
});

const greetsAndReplies = ({socket}: Peer): void => {
  socket.write('220 ready\r\n');
  socket.once('data', () => socket.end('250 ok\r\n'));
};

test(
  'a client that does not wait for the greeting gets it with the first reply',
  withScene,
  greetsAndReplies,
  async (t, scene) => {
    await scene.add({type: 'coalesce', attributes: {hold: endlessMs}});
    const client = await scene.connect();
    client.socket.write('EHLO x\r\n');
    await client.ended();
    t.deepEqual(client.chunks.map(String), ['220 ready\r\n250 ok\r\n']);
  },
);

test(
  'a client that waits for the greeting gets it with what the server says next',
  withScene,
  ({socket}) => socket.write('220 ready\r\n'),
  async (t, scene) => {
    await scene.call('POST', '', {protocol: 'smtp'});
    await scene.add({type: 'smtp_error', attributes: {error: '421', when: 'unasked'}});
    await scene.add({type: 'coalesce', name: 'c', attributes: {hold: endlessMs}});
    const client = await scene.connect();
    await client.ended();
    t.is(client.chunks.length, 1);
    t.regex(String(client.received), /^220 ready\r\n421 [^\r\n]+\r\n$/);
    t.like(await hitsOf(scene, 'c'), {actions: 1});
  },
);

test('it needs a time', withScene, undefined, async (t, scene) => {
  const body = {type: 'coalesce', attributes: {hold: 0}};
  const {status} = await send(scene.url, {method: 'POST', path: `/proxies/${scene.name}/toxics`, body});
  t.is(status, 400);
});
