// half_close: one direction has ended, the other goes on.
import test from 'ava';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

test('the client gets a FIN and goes on sending', withScene, echo, async (t, scene) => {
  const client = await scene.connect({allowHalfOpen: true});
  await roundTrip(client, 'ping');
  await scene.add({type: 'half_close', name: 'h'});
  await client.ended();
  t.false(client.socket.destroyed);
  client.socket.write('still here');
  const server = await scene.upstream.peer(0);
  await server.bytes(14);
  t.is(String(server.received), 'pingstill here');
  await scene.remove('h');
  client.socket.write(' and here');
  await server.bytes(23);
  client.socket.end();
  await client.closed;
  await server.ended();
  t.is(client.errorCode, undefined);
  t.is(client.receivedBytes, 4);
  t.like(await hitsOf(scene, 'h'), {decisions: 1, connectionsHit: 1, actions: 1});
  t.like((await recordsOf(scene))[0], {end: 'closed-by-fault', downstreamBytes: 4});
});

test('it ends after exactly its bytes', withScene, echo, async (t, scene) => {
  await scene.add({type: 'half_close', attributes: {bytes: 7}});
  const client = await scene.connect({allowHalfOpen: true});
  await roundTrip(client, 'five5');
  client.socket.write('-more');
  await client.ended();
  t.is(String(client.received), 'five5-m');
  t.false(client.socket.destroyed);
});

test('what other toxics still hold arrives before the FIN', withScene, echo, async (t, scene) => {
  await scene.add({type: 'half_close', attributes: {bytes: 4}});
  await scene.add({type: 'latency', attributes: {latency: 100}});
  const client = await scene.connect({allowHalfOpen: true});
  client.socket.write('1234 and more');
  await client.ended();
  t.is(String(client.received), '1234');
});

test(
  'upstream: the server gets a FIN, and its answer still arrives',
  withScene,
  peer => {
    peer.socket.on('end', () => peer.socket.end('answer'));
  },
  async (t, scene) => {
    await scene.add({type: 'half_close', stream: 'upstream', attributes: {bytes: 3}});
    const client = await scene.connect();
    client.socket.write('abcdef');
    await client.closed;
    t.is(String(client.received), 'answer');
    t.is(String((await scene.upstream.peer(0)).received), 'abc');
    t.is(client.errorCode, undefined);
  },
);

test('when the server is gone, too, everything is closed', withScene, undefined, async (t, scene) => {
  await scene.add({type: 'half_close'});
  const client = await scene.connect({allowHalfOpen: true});
  await client.ended();
  client.socket.write('hello');
  const server = await scene.upstream.peer(0);
  await server.bytes(5);
  server.socket.destroy();
  // Only writing tells that the other side is gone altogether.
  const writing = setInterval(() => client.socket.write('x'), 5);
  await client.closed;
  clearInterval(writing);
  t.regex(client.errorCode ?? '', /ECONNRESET|EPIPE/);
});
