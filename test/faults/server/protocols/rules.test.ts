// What a proxy carries: the toxics that it takes, the connections that it follows, and what it reports of them.
import test from 'ava';
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

test(refused, busy, /redis_error is not for PostgreSQL, which this proxy carries/, 'postgres');
test(refused, {type: 'http_status'}, /http_status is not for Redis, which this proxy carries/, 'redis');
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
  await t.throwsAsync(scene.add(status), {message: /http_status is not for Redis/});
  await scene.remove('busy');
  await t.notThrowsAsync(scene.add(status));
  await t.throwsAsync(scene.add(busy), {message: /redis_error is not for HTTP, which .* by http_status/});
});
