// What each toxic does to a connection, on our server and on a real Toxiproxy.

import {setTimeout as sleep} from 'node:timers/promises';
import {
  endlessMs,
  everywhere,
  isBetween,
  pattern,
  roundTrip,
  slackMs,
} from '../../helpers/proxy-behaviours.ts';
import {echo} from '../../helpers/proxy-sockets.ts';

const behaves = everywhere();

behaves('latency delays data, but not the connect', echo, async (t, scene) => {
  await scene.add({type: 'latency', name: 'l', attributes: {latency: endlessMs}});
  const client = await scene.connect();
  await scene.update('l', {attributes: {latency: 200}});
  isBetween(t, await roundTrip(client, 'ping'), 199, 200 + slackMs);
});

behaves('latency does not delay a bare end', undefined, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: endlessMs}});
  const client = await scene.connect();
  (await scene.upstream.peer(0)).socket.end();
  await client.closed;
  t.is(client.errorCode, undefined);
});

behaves('latencies add up, also over both directions', echo, async (t, scene) => {
  await scene.add({type: 'latency', name: 'a', attributes: {latency: 60}});
  await scene.add({type: 'latency', name: 'b', attributes: {latency: 70}});
  await scene.add({type: 'latency', name: 'c', stream: 'upstream', attributes: {latency: 80}});
  const client = await scene.connect();
  isBetween(t, await roundTrip(client, 'ping'), 209, 210 + slackMs);
});

behaves('chunks travel at the same time under latency', echo, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: 300}});
  const client = await scene.connect();
  const startMs = performance.now();
  for (let count = 1; count <= 5; count++) {
    client.socket.write('ping');
    await (await scene.upstream.peer(0)).bytes(4 * count);
  }
  await client.bytes(20);
  isBetween(t, performance.now() - startMs, 299, 300 + slackMs);
});

behaves('jitter keeps the order and stays in its bounds', echo, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: 60, jitter: 50}});
  const client = await scene.connect();
  const data = pattern(400);
  const startMs = performance.now();
  for (let at = 0; at < 400; at += 40) {
    client.socket.write(data.subarray(at, at + 40));
    await (await scene.upstream.peer(0)).bytes(at + 40);
  }
  await client.bytes(400);
  isBetween(t, performance.now() - startMs, 9, 110 + slackMs);
  t.true(client.received.equals(data));
});

behaves('removing latency lets everything through at once', echo, async (t, scene) => {
  await scene.add({type: 'latency', name: 'l', attributes: {latency: endlessMs}});
  const client = await scene.connect();
  const upstream = await scene.upstream.peer(0);
  client.socket.write('one');
  await upstream.bytes(3);
  client.socket.write('two');
  await upstream.bytes(6);
  await sleep(50);
  t.is(client.receivedBytes, 0);
  await scene.remove('l');
  await client.bytes(6);
  t.is(String(client.received), 'onetwo');
});

for (const stream of ['upstream', 'downstream'] as const) {
  behaves(`bandwidth limits the ${stream}`, echo, async (t, scene) => {
    await scene.add({type: 'bandwidth', stream, attributes: {rate: 1000}});
    const client = await scene.connect();
    const data = pattern(480_000);
    isBetween(t, await roundTrip(client, data), 470, 480 + slackMs);
    t.true(client.received.equals(data));
  });
}

behaves('a low bandwidth trickles', echo, async (t, scene) => {
  await scene.add({type: 'bandwidth', attributes: {rate: 4}});
  const client = await scene.connect();
  // 400 bytes each 100 ms. Those that this process is late for come together: the best of some rounds counts.
  let most = 0;
  for (let rounds = 0; most < 3 && rounds < 10; rounds++) {
    const before = client.chunks.length;
    isBetween(t, await roundTrip(client, pattern(1600)), 390, 400 + slackMs);
    most = Math.max(most, client.chunks.length - before);
  }
  t.true(most >= 3, `${most} chunks`);
});

behaves('bandwidth 0 holds data until it is removed', echo, async (t, scene) => {
  await scene.add({type: 'bandwidth', name: 'b', attributes: {rate: 0}});
  const client = await scene.connect();
  client.socket.write('held');
  await (await scene.upstream.peer(0)).bytes(4);
  await sleep(50);
  t.is(client.receivedBytes, 0);
  await scene.remove('b');
  await client.bytes(4);
  t.is(String(client.received), 'held');
});

behaves('slow_close delays the end in its direction only', echo, async (t, scene) => {
  await scene.add({type: 'slow_close', name: 's', attributes: {delay: endlessMs}});
  const held = await scene.connect({allowHalfOpen: true});
  await roundTrip(held, 'ping');
  held.socket.end();
  await (await scene.upstream.peer(0)).ended();
  await sleep(50);
  t.false(held.hasEnded);
  await scene.remove('s');
  await scene.add({type: 'slow_close', name: 's', attributes: {delay: 200}});
  const client = await scene.connect({allowHalfOpen: true});
  await roundTrip(client, 'ping');
  const startMs = performance.now();
  client.socket.end();
  await client.ended();
  isBetween(t, performance.now() - startMs, 199, 200 + slackMs);
});

behaves('removing slow_close lets a waiting end through', undefined, async (t, scene) => {
  await scene.add({type: 'slow_close', name: 's', attributes: {delay: endlessMs}});
  const client = await scene.connect();
  (await scene.upstream.peer(0)).socket.end('bye');
  await client.bytes(3);
  await scene.remove('s');
  await client.closed;
  t.is(client.errorCode, undefined);
});

behaves('timeout drops data and closes after silence', echo, async (t, scene) => {
  await scene.add({type: 'timeout', attributes: {timeout: 400}});
  // On a machine that pauses the silence may be over before the second write: then another client tries.
  let spoke = false;
  for (let index = 0; !spoke && index < 10; index++) {
    const client = await scene.connect();
    const startMs = performance.now();
    client.socket.write('one');
    await sleep(200);
    const upstream = await scene.upstream.peer(index);
    client.socket.write('two');
    await client.closed;
    spoke = upstream.receivedBytes === 6;
    isBetween(t, performance.now() - startMs, spoke ? 599 : 399, 600 + slackMs);
    t.is(client.receivedBytes, 0);
    if (spoke) t.is(client.errorCode, undefined);
    await upstream.ended();
  }
  t.true(spoke);
});

behaves('timeout closes a connection on which nothing happens', undefined, async (t, scene) => {
  await scene.add({type: 'timeout', attributes: {timeout: 100}});
  const startMs = performance.now();
  const client = await scene.connect();
  await client.closed;
  isBetween(t, performance.now() - startMs, 99, 100 + slackMs);
});

behaves('timeout 0 drops data and never closes, but its removal does', echo, async (t, scene) => {
  await scene.add({type: 'timeout', name: 't', attributes: {timeout: 0}});
  const client = await scene.connect();
  client.socket.write('lost');
  await (await scene.upstream.peer(0)).bytes(4);
  await sleep(100);
  t.false(client.hasEnded);
  await scene.remove('t');
  await client.closed;
  t.is(client.receivedBytes, 0);
});

behaves('reset_peer resets both sides, some time after the first chunk', echo, async (t, scene) => {
  await scene.add({type: 'reset_peer', attributes: {timeout: 150}});
  const client = await scene.connect();
  const upstream = await scene.upstream.peer(0);
  const startMs = performance.now();
  client.socket.write('ping');
  await client.closed;
  isBetween(t, performance.now() - startMs, 149, 150 + slackMs);
  await upstream.closed;
  t.is(client.errorCode, 'ECONNRESET');
  t.is(upstream.errorCode, 'ECONNRESET');
  t.is(client.receivedBytes, 0);
});

behaves('reset_peer leaves a silent connection alone', echo, async (t, scene) => {
  await scene.add({type: 'reset_peer', name: 'r', attributes: {timeout: 0}});
  const client = await scene.connect();
  await scene.upstream.peer(0);
  await sleep(80);
  t.false(client.socket.destroyed);
  client.socket.write('ping');
  await client.closed;
  t.is(client.errorCode, 'ECONNRESET');
});

behaves('slicer cuts data and keeps every byte', echo, async (t, scene) => {
  await scene.add({type: 'slicer', attributes: {average_size: 100, size_variation: 30, delay: 3000}});
  const client = await scene.connect();
  const data = pattern(2000);
  // At least 2000 / 130 slices, with 3 ms after each but the last.
  // Slices that this process is late for come together: the best of some rounds counts.
  let rounds = 0;
  let most = 0;
  while (most < 8 && rounds < 10) {
    const before = client.chunks.length;
    isBetween(t, await roundTrip(client, data), 44, 8 * slackMs);
    most = Math.max(most, client.chunks.length - before);
    rounds++;
  }
  t.true(client.received.equals(Buffer.concat(Array.from({length: rounds}, () => data))));
  t.true(most >= 8, `${most} chunks`);
});

behaves('limit_data closes at exactly its limit', echo, async (t, scene) => {
  await scene.add({type: 'limit_data', attributes: {bytes: 10}});
  const client = await scene.connect();
  await roundTrip(client, 'sixsix');
  client.socket.write('more');
  await client.closed;
  t.is(String(client.received), 'sixsixmore');
  t.is(client.errorCode, undefined);
});

behaves('limit_data cuts a chunk', echo, async (t, scene) => {
  await scene.add({type: 'limit_data', attributes: {bytes: 7}});
  const client = await scene.connect();
  client.socket.write('0123456789');
  await client.closed;
  t.is(String(client.received), '0123456');
});

behaves('limit_data counts on when the limit changes', echo, async (t, scene) => {
  await scene.add({type: 'limit_data', name: 'l', attributes: {bytes: 100}});
  const client = await scene.connect();
  await roundTrip(client, '01234567');
  await scene.update('l', {attributes: {bytes: 10}});
  client.socket.write('89abc');
  await client.closed;
  t.is(String(client.received), '0123456789');
});

behaves('limit_data 0 closes at the first chunk', echo, async (t, scene) => {
  await scene.add({type: 'limit_data', attributes: {bytes: 0}});
  const client = await scene.connect();
  client.socket.write('x');
  await client.closed;
  t.is(client.receivedBytes, 0);
});
