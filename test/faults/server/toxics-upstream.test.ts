// What toxics do to what the client sends, while the other direction is left alone, on our server and on a real Toxiproxy.
// And how large the slicer's slices are, in either direction.

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
const stream = 'upstream';

for (const direction of ['upstream', 'downstream'] as const) {
  behaves(`slicer bounds its slices, ${direction}`, echo, async (t, scene) => {
    const attributes = {average_size: 100, size_variation: 30, delay: 20_000};
    await scene.add({type: 'slicer', stream: direction, attributes});
    const client = await scene.connect();
    const receiver = direction === 'upstream' ? await scene.upstream.peer(0) : client;
    const data = pattern(600);
    const rounds: number[][] = [];
    const isSliced = (sizes: readonly number[]): boolean => sizes.every(bytes => bytes <= 130);
    while (rounds.length < 5 || (rounds.length < 30 && !rounds.some(isSliced))) {
      const before = receiver.chunks.length;
      await roundTrip(client, data);
      rounds.push(receiver.chunks.slice(before).map(({length}) => length));
    }
    // Slices that the receiver was late for come together, so that not every round tells how large they were.
    t.true(rounds.some(isSliced), JSON.stringify(rounds));
    // What is longer than 130 is halved, and the cut is moved by 30 at most.
    t.true(
      rounds.flat().every(bytes => bytes >= 35),
      JSON.stringify(rounds),
    );
    t.true(client.received.equals(Buffer.concat(rounds.map(() => data))));
  });
}

behaves('slicer upstream leaves the answer whole', echo, async (t, scene) => {
  await scene.add({type: 'slicer', stream, attributes: {average_size: 10, delay: 1000}});
  const client = await scene.connect();
  const upstream = await scene.upstream.peer(0);
  const data = pattern(400);
  // 400 bytes are halved into pieces of 6 or 7: 64 pauses of 1 ms.
  isBetween(t, await roundTrip(client, data), 60, 64 + 4 * slackMs);
  t.true(upstream.received.equals(data));
  const before = client.chunks.length;
  upstream.socket.write(pattern(4000));
  await client.bytes(4400);
  t.is(client.chunks.length, before + 1);
});

behaves('limit_data upstream counts what the client sends', undefined, async (t, scene) => {
  await scene.add({type: 'limit_data', stream, attributes: {bytes: 7}});
  const client = await scene.connect();
  const upstream = await scene.upstream.peer(0);
  upstream.socket.write(pattern(1000));
  await client.bytes(1000);
  client.socket.write('01234');
  await upstream.bytes(5);
  client.socket.write('56789');
  await Promise.all([upstream.ended(), client.closed]);
  t.is(String(upstream.received), '0123456');
  t.deepEqual([upstream.errorCode, client.errorCode], [undefined, undefined]);
});

behaves("slow_close upstream delays the client's end only", undefined, async (t, scene) => {
  await scene.add({type: 'slow_close', name: 's', stream, attributes: {delay: endlessMs}});
  const first = await scene.connect();
  (await scene.upstream.peer(0)).socket.end('bye');
  await first.closed;
  t.is(String(first.received), 'bye');
  await scene.remove('s');
  await scene.add({type: 'slow_close', name: 's', stream, attributes: {delay: 200}});
  const second = await scene.connect();
  const upstream = await scene.upstream.peer(1);
  const startMs = performance.now();
  second.socket.end('ping');
  await upstream.ended();
  isBetween(t, performance.now() - startMs, 199, 200 + slackMs);
  t.is(String(upstream.received), 'ping');
});

behaves(
  'timeout upstream drops what the client sends, and closes after silence',
  undefined,
  async (t, scene) => {
    await scene.add({type: 'timeout', stream, attributes: {timeout: 200}});
    const startMs = performance.now();
    const client = await scene.connect();
    client.socket.write('lost');
    await client.closed;
    isBetween(t, performance.now() - startMs, 199, 200 + slackMs);
    const upstream = await scene.upstream.peer(0);
    await upstream.ended();
    t.is(upstream.receivedBytes, 0);
  },
);

behaves('timeout 0 upstream lets the answers through', undefined, async (t, scene) => {
  await scene.add({type: 'timeout', name: 't', stream, attributes: {timeout: 0}});
  const client = await scene.connect();
  const upstream = await scene.upstream.peer(0);
  client.socket.write('lost');
  upstream.socket.write('hello');
  await client.bytes(5);
  t.false(client.hasEnded);
  await scene.remove('t');
  await Promise.all([client.closed, upstream.ended()]);
  t.is(upstream.receivedBytes, 0);
});

behaves(
  'reset_peer upstream waits for the client to speak, and resets both sides',
  undefined,
  async (t, scene) => {
    await scene.add({type: 'reset_peer', stream, attributes: {timeout: 150}});
    const client = await scene.connect();
    const upstream = await scene.upstream.peer(0);
    upstream.socket.write('hello');
    await client.bytes(5);
    const startMs = performance.now();
    client.socket.write('ping');
    await Promise.all([client.closed, upstream.closed]);
    isBetween(t, performance.now() - startMs, 149, 150 + slackMs);
    t.deepEqual([client.errorCode, upstream.errorCode], ['ECONNRESET', 'ECONNRESET']);
    t.is(upstream.receivedBytes, 0);
  },
);
