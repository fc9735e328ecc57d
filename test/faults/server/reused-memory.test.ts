// What waits stays as it was, whatever is read into reused memory meanwhile, on its own connection or on another.

import {everywhere, pattern} from '../../helpers/proxy-behaviours.ts';

const behaves = everywhere();

behaves('large pieces wait for a slow reader while others pass', undefined, async (t, scene) => {
  const waiting = pattern(24_000_000);
  const passing = Buffer.alloc(100_000, 'x');
  const [slow, quick] = [await scene.connect(), await scene.connect()];
  const [toSlow, toQuick] = [await scene.upstream.peer(0), await scene.upstream.peer(1)];
  slow.socket.pause();
  toSlow.socket.write(waiting);
  for (let round = 1; round <= 20; round++) {
    toQuick.socket.write(passing);
    await quick.bytes(round * passing.length);
  }
  slow.socket.resume();
  await slow.bytes(waiting.length);
  t.true(slow.received.equals(waiting));
  t.true(quick.received.every(byte => byte === passing[0]));
});

behaves('large pieces pass while a toxic comes and goes', undefined, async (t, scene) => {
  const content = pattern(24_000_000);
  const client = await scene.connect();
  const {socket} = await scene.upstream.peer(0);
  socket.write(content);
  for (let round = 0; client.receivedBytes < content.length && round < 50; round++) {
    await scene.add({type: 'latency', name: 'late', attributes: {latency: 2}});
    await scene.remove('late');
  }
  await client.bytes(content.length);
  t.true(client.received.equals(content));
});

behaves('small pieces of many connections wait side by side', undefined, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: 100}});
  const clients = [];
  for (let index = 0; index < 20; index++) clients.push(await scene.connect());
  for (const [index] of clients.entries()) {
    const {socket} = await scene.upstream.peer(index);
    socket.write(Buffer.alloc(100, index));
  }
  for (const [index, client] of clients.entries()) {
    await client.bytes(100);
    t.true(client.received.equals(Buffer.alloc(100, index)));
  }
});
