// What a proxy carries: the toxics that it takes, the connections that it follows, and what it reports of them.
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {connect, createServer} from 'node:tls';
import test from 'ava';
import {Authority, validNow} from '../../../../src/certificates/authority.ts';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import type {HttpHit, ProxyWitness} from '../../../../src/model/proxy-witness.ts';
import {Scene} from '../../../helpers/proxy-scene.ts';
import type {Peer} from '../../../helpers/proxy-sockets.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

let running: Injector;
let url = '';
test.before(async () => {
  running = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  ({url} = running);
});
test.after.always(() => running.close());

/** Answers each line with a line. */
const serve = ({socket}: Peer): void => {
  socket.on('data', data => socket.write('+OK\r\n'.repeat(String(data).split('\n').length - 1)));
};

const busy = {type: 'redis_error', name: 'busy', attributes: {error: 'ERR busy', command: 'PING'}};

const witnessOf = (name: string): Promise<ProxyWitness> =>
  api(url, 'GET', `/foulweather/proxies/${name}/witness`);

test('connections are followed from their beginning, where the protocol was said', async t => {
  const scene = await Scene.open(url, serve);
  t.teardown(() => scene.close());
  const unsaid = await scene.connect();
  unsaid.socket.write('PING\r\n');
  await unsaid.bytes(5);
  t.is((await witnessOf(scene.name)).protocol, undefined);
  const changed = await scene.call<ProxyJson & {protocol?: string}>('POST', '', {protocol: 'redis'});
  t.is(changed.protocol, 'redis');
  const said = await scene.connect();
  said.socket.write('PING\r\n');
  await said.bytes(5);
  await scene.add(busy);
  for (const peer of [unsaid, said]) peer.socket.write('PING\r\n');
  await unsaid.bytes(10);
  await said.bytes(5 + '-ERR busy\r\n'.length);
  t.is(String(unsaid.received), '+OK\r\n+OK\r\n');
  t.is(String(said.received), '+OK\r\n-ERR busy\r\n');
  await scene.remove('busy');
  said.socket.write('PING\r\n');
  await said.bytes(21);
  t.true(String(said.received).endsWith('+OK\r\n'));
  const {protocol, faults} = await witnessOf(scene.name);
  t.like(protocol, {protocol: 'redis', followedConnections: 1, lostConnections: 0, lastLost: null});
  t.like(faults['busy'], {decisions: 1, applied: 1, connectionsHit: 1, actions: 1});
  const hits = await api<readonly HttpHit[]>(url, 'GET', `/foulweather/proxies/${scene.name}/hits`);
  t.is(hits.length, 1);
  t.like(hits[0], {
    toxic: 'busy',
    method: 'PING',
    path: '',
    operationId: null,
    action: 'error-ERR',
    bodyBytes: null,
  });
});

test('what is not the protocol passes, and the witness says why', async t => {
  const scene = await Scene.open(url, serve);
  t.teardown(() => scene.close());
  await scene.add(busy);
  const client = await scene.connect();
  client.socket.write(Buffer.from([22, 3, 1, 10]));
  await client.bytes(5);
  client.socket.write('PING\r\n');
  await client.bytes(10);
  t.is(String(client.received), '+OK\r\n+OK\r\n');
  t.like((await witnessOf(scene.name)).protocol, {
    followedConnections: 1,
    lostConnections: 1,
    lastLost: 'the connection is encrypted (TLS)',
  });
});

/** The first three bytes of a longer message, and one that is longer than any beginning. */
const partial = [
  {
    title: 'three bytes',
    protocol: 'postgres',
    said: Buffer.from([0, 0, 1]),
    says: 'a message began but did not continue',
  },
  {
    title: 'a line without an end',
    protocol: 'memcached',
    said: Buffer.alloc(65_537, 'x'),
    says: 'a message has no end',
  },
];

for (const {title, protocol, said, says} of partial) {
  test(`the beginning of a message is not held for long: ${title}`, async t => {
    const scene = await Scene.open(url, ({socket}) => {
      socket.once('data', () => socket.write('ready'));
    });
    t.teardown(() => scene.close());
    await scene.call('POST', '', {protocol});
    const client = await scene.connect();
    client.socket.write(said);
    await client.bytes('ready'.length);
    t.like((await witnessOf(scene.name)).protocol, {
      followedConnections: 1,
      lostConnections: 1,
      lastLost: says,
    });
    const [server] = scene.upstream.peers;
    await server!.bytes(said.length);
    t.true(server!.received.equals(said));
  });
}

test('a message that goes on in time is followed', async t => {
  const scene = await Scene.open(url, serve);
  t.teardown(() => scene.close());
  await scene.add(busy);
  await scene.add({type: 'slicer', stream: 'upstream', attributes: {average_size: 1, delay: 20_000}});
  const client = await scene.connect();
  client.socket.write('PING\r\n');
  await client.bytes('-ERR busy\r\n'.length);
  t.like((await witnessOf(scene.name)).protocol, {lostConnections: 0});
});

test('where the server speaks first, a TLS toxic keeps nothing from being followed', async t => {
  const scene = await Scene.open(url, ({socket}) => {
    socket.write('220 ready\r\n');
    socket.on('data', () => socket.write('250 fine\r\n'));
  });
  t.teardown(() => scene.close());
  await scene.add({type: 'tls_close', name: 'tls'});
  await scene.add({type: 'smtp_error', name: 'full', attributes: {error: '452', command: 'MAIL'}});
  const client = await scene.connect();
  await client.bytes(11);
  client.socket.write('MAIL FROM:<a@example.com>\r\n');
  await client.bytes(15);
  t.regex(String(client.received), /^220 ready\r\n452 /);
});

test('inside of TLS that ends at the injector', async t => {
  const authority = await Authority.create('the target’s authority');
  const certificate = await authority.issue({hosts: ['127.0.0.1'], ...validNow()});
  const target = createServer(certificate, socket => serve({socket} as unknown as Peer));
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  t.teardown(() => target.close());
  const {port} = target.address() as AddressInfo; // a string only for pipes
  const body = {name: 'sealed', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`, protocol: 'redis'};
  const {listen} = await api<ProxyJson>(url, 'POST', '/proxies', body);
  t.teardown(() => api(url, 'DELETE', '/proxies/sealed'));
  await api(url, 'POST', '/foulweather/proxies/sealed/interception', {authorities: authority.cert});
  await api(url, 'POST', '/proxies/sealed/toxics', {
    ...busy,
    attributes: {...busy.attributes, ending: 'close'},
  });
  const ca = await (await fetch(`${url}/foulweather/ca.pem`)).text();
  const client = connect({host: '127.0.0.1', port: Number(listen.split(':')[1]), ca});
  t.teardown(() => client.destroy());
  client.write('GET a\r\nPING\r\n');
  const said = await text(client);
  t.is(said, '+OK\r\n-ERR busy\r\n');
  t.like((await witnessOf('sealed')).protocol, {
    followedConnections: 1,
    tlsConnections: 1,
    lostConnections: 0,
  });
});

test('TLS that was agreed on, and does not begin', async t => {
  const scene = await Scene.open(url, ({socket}) => {
    socket.write('220 ready\r\n');
    socket.on('data', () => socket.write('220 go\r\n'));
  });
  t.teardown(() => scene.close());
  await scene.call('POST', '', {protocol: 'smtp'});
  await scene.add({type: 'tls_close', name: 'tls'});
  const client = await scene.connect();
  await client.bytes(11);
  client.socket.write('STARTTLS\r\n');
  await client.bytes(19);
  client.socket.write('EHLO me\r\n');
  await client.bytes(27);
  t.is(String(client.received), '220 ready\r\n220 go\r\n220 go\r\n');
  const {protocol, faults} = await witnessOf(scene.name);
  t.like(protocol, {
    followedConnections: 1,
    tlsConnections: 1,
    lostConnections: 1,
    lastLost: 'TLS was agreed on, but did not begin',
  });
  t.like(faults['tls'], {decisions: 0, actions: 0});
});

test('an HTTP toxic says what a connection carries that is followed already', async t => {
  const scene = await Scene.open(url, serve);
  t.teardown(() => scene.close());
  await scene.add(busy);
  const client = await scene.connect();
  client.socket.write('GET a\r\n');
  await client.bytes(5);
  await scene.remove('busy');
  await scene.add({type: 'http_status', name: 'status'});
  client.socket.write('GET a\r\n');
  await client.bytes(10);
  t.deepEqual((await witnessOf(scene.name)).faults['status']?.missed, {Redis: 1});
});

const refused = test.macro({
  title: (_, toxic: object) => `refused: ${JSON.stringify(toxic)}`,
  async exec(t, toxic: object, reason: RegExp, protocol = '') {
    const scene = await Scene.open(url);
    t.teardown(() => scene.close());
    if (protocol !== '') await scene.call('POST', '', {protocol});
    const {message} = (await t.throwsAsync(scene.call('POST', '/toxics', toxic)))!;
    t.regex(message, /400/);
    t.regex(message, reason);
  },
});

test(refused, busy, /redis_error cannot act on PostgreSQL, which this proxy carries/, 'postgres');
test(refused, {type: 'http_status'}, /http_status cannot act on Redis, which this proxy carries/, 'redis');
test(refused, {type: 'redis_error'}, /error: Redis has no error/);
test(refused, {type: 'redis_error', attributes: {error: 'BUSY', command: 'GTE'}}, /no command ..GTE/);
test(
  refused,
  {type: 'redis_error', attributes: {error: 'BUSY'}, exchange: 1, cut: 'after'},
  /exchange is for/,
);

test('a proxy of an unknown protocol, and a toxic beside one of another protocol', async t => {
  const body = {name: 'unknown', listen: '127.0.0.1:0', upstream: '127.0.0.1:1', protocol: 'kafka'};
  await t.throwsAsync(api(url, 'POST', '/proxies', body), {message: /400.*protocol must be one of redis, /});
  const scene = await Scene.open(url);
  t.teardown(() => scene.close());
  await scene.add(busy);
  const status = {type: 'http_status'};
  await t.throwsAsync(scene.add(status), {message: /http_status cannot act on Redis/});
  await scene.remove('busy');
  await t.notThrowsAsync(scene.add(status));
  await t.throwsAsync(scene.add(busy), {
    message: /redis_error cannot act on HTTP, which .* according to http_status/,
  });
});
