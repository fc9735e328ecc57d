// What waits stays as it was, whatever is read into reused memory meanwhile, on its own connection or on another.

import {everywhere, pattern} from '../../helpers/proxy-behaviours.ts';
import type {Peer} from '../../helpers/proxy-sockets.ts';

const behaves = everywhere('one by one');

/** Both sides of the proxy's connections, in the order in which data goes. */
const ways = {
  downstream: (client: Peer, upstream: Peer) => ({from: upstream, to: client}),
  upstream: (client: Peer, upstream: Peer) => ({from: client, to: upstream}),
};

for (const stream of ['downstream', 'upstream'] as const) {
  const ends = ways[stream];
  behaves(`large pieces wait for a slow reader while others pass, ${stream}`, undefined, async (t, scene) => {
    const waiting = pattern(24_000_000);
    const passing = Buffer.alloc(100_000, 'x');
    const clients = [await scene.connect(), await scene.connect()] as const;
    const slow = ends(clients[0], await scene.upstream.peer(0));
    const quick = ends(clients[1], await scene.upstream.peer(1));
    slow.to.socket.pause();
    slow.from.socket.write(waiting);
    for (let round = 1; round <= 20; round++) {
      quick.from.socket.write(passing);
      await quick.to.bytes(round * passing.length);
    }
    slow.to.socket.resume();
    await slow.to.bytes(waiting.length);
    t.true(slow.to.received.equals(waiting));
    t.true(quick.to.received.every(byte => byte === passing[0]));
  });

  behaves(`large pieces pass while a toxic comes and goes, ${stream}`, undefined, async (t, scene) => {
    const content = pattern(24_000_000);
    const client = await scene.connect();
    const {from, to} = ends(client, await scene.upstream.peer(0));
    from.socket.write(content);
    for (let round = 0; to.receivedBytes < content.length && round < 50; round++) {
      await scene.add({type: 'latency', name: 'late', stream, attributes: {latency: 2}});
      await scene.remove('late');
    }
    await to.bytes(content.length);
    t.true(to.received.equals(content));
  });
}

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
