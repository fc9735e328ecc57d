// How connections pass, end and survive changes of their proxy, on our server and on a real Toxiproxy.

import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {everywhere, isBetween, pattern, roundTrip, slackMs} from '../../helpers/proxy-behaviours.ts';
import {Scene} from '../../helpers/proxy-scene.ts';
import {connectTo, echo, Peer} from '../../helpers/proxy-sockets.ts';

const behaves = everywhere('one by one'); // or another takes a port that is free while a proxy is down

const part = Buffer.alloc(1_000_000);
const mostBytes = 500_000_000;

/**
 * Writes until nobody takes any more, and returns how much was written. That is so when a part waits twenty times as long as
 * the slowest before it, and 300 ms at least: a machine that pauses is no reader that does.
 */
async function fill(socket: Socket): Promise<number> {
  let slowestMs = 15;
  for (let bytes = part.length; bytes < mostBytes; bytes += part.length) {
    const startMs = performance.now();
    const taken = new Promise<boolean>(resolve => socket.write(part, () => resolve(true)));
    if (!(await Promise.race([taken, sleep(20 * slowestMs, false)]))) return bytes;
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
  }
  throw new Error(`${mostBytes} bytes were taken, though nobody reads`);
}

behaves('bytes pass unchanged in both directions', echo, async (t, scene) => {
  const client = await scene.connect();
  const data = pattern(3_000_000);
  await roundTrip(client, data);
  t.true(client.received.equals(data));
  t.true((await scene.upstream.peer(0)).received.equals(data));
});

behaves('a client that ends closes the upstream, and the other way round', undefined, async (t, scene) => {
  const first = await scene.connect();
  first.socket.end('x');
  const upstream = await scene.upstream.peer(0);
  await upstream.ended();
  t.is(String(upstream.received), 'x');
  await first.closed;

  await scene.connect().then(async second => {
    const {socket} = await scene.upstream.peer(1);
    socket.end('y');
    await second.closed;
    t.is(String(second.received), 'y');
    t.is(second.errorCode, undefined);
  });
});

behaves(
  'there is no half-close: an answer after the end of the request is lost',
  undefined,
  async (t, scene) => {
    const client = await scene.connect({allowHalfOpen: true});
    client.socket.end('request');
    const upstream = await scene.upstream.peer(0);
    await upstream.ended();
    await client.ended();
    t.is(client.receivedBytes, 0);
    client.socket.destroy();
  },
);

behaves('an upstream that refuses: the client connects, then is closed', undefined, async (t, scene) => {
  const gone = scene.upstream.address;
  await scene.upstream.close();
  t.truthy(gone);
  const silent = await scene.connect();
  await silent.closed;
  t.is(silent.receivedBytes, 0);
});

behaves('an upstream that refuses: a client that wrote is reset', undefined, async (t, scene) => {
  await scene.upstream.close();
  // What it writes has to be there when the dial fails: not on every try.
  const codes: (string | undefined)[] = [];
  while (!codes.includes('ECONNRESET') && codes.length < 100) {
    const port = Number(scene.address.slice(scene.address.lastIndexOf(':') + 1));
    const client = new Peer(connect({host: '127.0.0.1', port}));
    client.socket.write('written before the connection is there');
    await client.closed;
    t.is(client.receivedBytes, 0);
    codes.push(client.errorCode);
  }
  t.true(codes.includes('ECONNRESET'), codes.join());
});

behaves('an update to an equivalent address drops no connection', echo, async (t, scene) => {
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  const {listen, upstream} = await scene.change({});
  const port = listen.slice(listen.lastIndexOf(':') + 1);
  for (const body of [
    {listen},
    {listen: `localhost:${port}`},
    {listen: `[::ffff:127.0.0.1]:${port}`},
    {upstream},
    {listen: `localhost:${port}`, upstream, enabled: true},
  ]) {
    t.like(await scene.change(body), {listen, upstream, enabled: true});
    await roundTrip(client, 'pong');
  }
  t.false(client.hasEnded);
  t.is(scene.upstream.peers.length, 1);
});

behaves(
  'down refuses new connections and closes live ones; up takes the same port',
  echo,
  async (t, scene) => {
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    const {listen} = await scene.change({enabled: false});
    await client.closed;
    await (await scene.upstream.peer(0)).ended();
    await t.throwsAsync(connectTo(listen), {code: 'ECONNREFUSED'});
    t.is((await scene.change({enabled: true})).listen, listen);
    const again = await scene.connect();
    await roundTrip(again, 'pong');
    t.is(String(again.received), 'pong');
  },
);

behaves('down resets a connection on which the proxy holds unread data', undefined, async (t, scene) => {
  const client = await scene.connect();
  (await scene.upstream.peer(0)).socket.pause();
  await fill(client.socket);
  await scene.change({enabled: false});
  await client.closed;
  t.is(client.errorCode, 'ECONNRESET');
});

behaves('a new upstream takes over, and the toxics stay', echo, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: 100}});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  const other = await Scene.open(scene.url, echo);
  try {
    await scene.change({upstream: other.upstream.address});
    await client.closed;
    const again = await scene.connect();
    isBetween(t, await roundTrip(again, 'pong'), 99, 100 + slackMs);
    t.is(other.upstream.peers.length, 1);
  } finally {
    await other.close();
  }
});

behaves('an update takes effect on live connections', echo, async (t, scene) => {
  await scene.add({type: 'latency', name: 'l', attributes: {latency: 10}});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.update('l', {attributes: {latency: 200}});
  isBetween(t, await roundTrip(client, 'pong'), 199, 200 + slackMs);
});

behaves('toxicity 1 always acts, 0 never does', echo, async (t, scene) => {
  await scene.add({type: 'latency', name: 'always', toxicity: 1, attributes: {latency: 100}});
  await scene.add({type: 'timeout', name: 'never', toxicity: 0, attributes: {timeout: 0}});
  for (let count = 0; count < 3; count++) {
    isBetween(t, await roundTrip(await scene.connect(), 'ping'), 99, 100 + slackMs);
  }
});

behaves('a slow reader slows the sender down', undefined, async (t, scene) => {
  const client = await scene.connect();
  client.socket.pause();
  const {socket} = await scene.upstream.peer(0);
  const writtenBytes = await fill(socket);
  client.socket.resume();
  await client.bytes(writtenBytes);
  t.pass();
});

behaves('no byte is lost while toxics come and go under traffic', echo, async (t, scene) => {
  const client = await scene.connect();
  const content = pattern(200_000);
  let isChanging = true;
  const traffic = (async () => {
    let rounds = 0;
    for (; isChanging; rounds++) await roundTrip(client, content);
    return rounds;
  })();
  const toxics = [
    {type: 'latency', attributes: {latency: 5, jitter: 3}},
    {type: 'bandwidth', attributes: {rate: 50_000}},
    {type: 'slicer', attributes: {average_size: 5000, size_variation: 1000, delay: 10}},
    {type: 'noop'},
  ];
  for (let round = 0; round < 40; round++) {
    const stream = round % 2 === 0 ? 'upstream' : 'downstream';
    for (const [index, toxic] of toxics.entries()) await scene.add({...toxic, stream, name: `t${index}`});
    await scene.update('t0', {attributes: {latency: 1}});
    for (const index of [2, 0, 3, 1]) await scene.remove(`t${index}`);
  }
  isChanging = false;
  const rounds = await traffic;
  t.true(rounds > 1);
  const received = client.received;
  for (let round = 0; round < rounds; round++) {
    const start = round * content.length;
    t.true(received.subarray(start, start + content.length).equals(content), `round ${round}`);
  }
});
