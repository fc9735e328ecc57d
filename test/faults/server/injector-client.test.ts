// toxiproxy-node-client drives our server unchanged; so does a child process for whoever starts one.

import {execFile, fork} from 'node:child_process';
import {once} from 'node:events';
import {promisify} from 'node:util';
import test from 'ava';
import {type ToxicType, Toxiproxy} from 'toxiproxy-node-client';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {messageOf, tellChild} from '../../helpers/child-channel.ts';
import {compileCache} from '../../helpers/compile-cache.ts';
import {everywhere, roundTrip} from '../../helpers/proxy-behaviours.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

const behaves = everywhere('one by one');

behaves('toxiproxy-node-client creates, changes and removes', echo, async (t, scene) => {
  const client = new Toxiproxy(scene.url);
  t.regex(await client.getVersion(), /^\{"version": ".+"\}\n$/);
  const created = await client.createProxy({
    name: 'mine',
    listen: '127.0.0.1:0',
    upstream: scene.upstream.address,
  });
  t.true(created.enabled);
  t.deepEqual(Object.keys(await client.getAll()).sort(), ['mine', scene.name].sort());

  const toxic = await created.addToxic({
    name: 'slow',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: {latency: 100, jitter: 0},
  });
  t.deepEqual(toxic.attributes, {latency: 100, jitter: 0});
  const peer = await connectTo(created.listen);
  t.true((await roundTrip(peer, 'ping')) >= 99);
  const updated = await toxic.update({...toxic.toJson(), attributes: {latency: 1, jitter: 0}});
  t.deepEqual(updated.attributes, {latency: 1, jitter: 0});
  t.is((await created.getToxic('slow')).name, 'slow');
  await updated.remove();
  await t.throwsAsync(created.getToxic('slow'), {message: 'Request failed with status code 404'});

  const disabled = await created.update({enabled: false, listen: created.listen, upstream: created.upstream});
  t.false(disabled.enabled);
  await peer.closed;
  await client.reset();
  t.true((await client.get('mine')).enabled);
  await created.remove();
  await t.throwsAsync(client.get('mine'), {message: 'Request failed with status code 404'});
});

behaves('toxiproxy-node-client populates', echo, async (t, scene) => {
  const client = new Toxiproxy(scene.url);
  const proxies = await client.populate([
    {name: 'one', listen: '127.0.0.1:0', upstream: scene.upstream.address, enabled: true},
    {name: 'two', listen: '127.0.0.1:0', upstream: scene.upstream.address, enabled: false},
  ]);
  t.deepEqual([proxies['one']?.enabled, proxies['two']?.enabled], [true, false]);
  for (const proxy of Object.values(proxies)) await proxy.remove();
});

/** The types of the package know Toxiproxy's attributes and fields only, so that ours are cast: the client passes on all it gets. */
test('toxiproxy-node-client adds a type of ours, with a field of a scope', async t => {
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  t.teardown(() => injector.close());
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const proxy = await new Toxiproxy(injector.url).createProxy({
    name: 'mine',
    listen: '127.0.0.1:0',
    upstream: upstream.address,
  });
  const body = {
    name: 'cut',
    type: 'half_close' as ToxicType,
    stream: 'downstream' as const,
    toxicity: 1,
    attributes: {bytes: 4, ms: 0},
    first_n: 1,
  };
  const toxic = await proxy.addToxic(body);
  t.deepEqual(toxic.attributes, {bytes: 4, ms: 0});
  t.like(await api(injector.url, 'GET', '/proxies/mine/toxics/cut'), {type: 'half_close', first_n: 1});
  const first = await connectTo(proxy.listen);
  first.socket.write('ping and more');
  await first.ended();
  t.is(String(first.received), 'ping');
  const second = await connectTo(proxy.listen);
  await roundTrip(second, 'ping and more');
  second.socket.destroy();
  const updated = await toxic.update({...toxic.toJson(), attributes: {bytes: 8, ms: 0}});
  t.deepEqual(updated.attributes, {bytes: 8, ms: 0});
  await updated.remove();
  await proxy.remove();
});

const python = process.env['FOULWEATHER_TOXIPROXY_PYTHON'];
if (python === undefined) {
  console.error(
    'Not tried with toxiproxy-python: set FOULWEATHER_TOXIPROXY_PYTHON to a Python that has the package.',
  );
} else {
  behaves('toxiproxy-python does all that it can', echo, async (t, scene) => {
    const script = new URL('../../fixtures/toxiproxy_client.py', import.meta.url).pathname;
    const {hostname, port} = new URL(scene.url);
    const run = promisify(execFile);
    const {stdout} = await run(python, [script, hostname, port, scene.upstream.address]);
    const refusal = (error: string, status: number) => `b'{"error":"${error}","status":${status}}\\n'`;
    t.deepEqual(JSON.parse(stdout), [
      ['running', true],
      ['created', 'py', true, true, 'ping'],
      ['twice', 'This proxy already exists.'],
      [
        'toxics',
        [
          ['cut', 'limit_data', 'upstream', 0.5, {bytes: 1000}],
          ['latency_downstream', 'latency', 'downstream', 1, {latency: 5, jitter: 0}],
        ],
      ],
      ['slow', 'ping'],
      ['no such type', refusal('invalid toxic type', 400)],
      ['destroyed', true, refusal('toxic not found', 404)],
      ['down', false, 'refused'],
      ['up', true, 'ping'],
      ['populated', ['other'], ['other', 'py']],
      ['reset', true, 0],
      ['gone', [true, true], [], null],
    ]);
  });
}

behaves('metrics count the bytes of closed connections', echo, async (t, scene) => {
  const client = await scene.connect();
  await roundTrip(client, 'hello');
  client.socket.end();
  await client.closed;
  const label = (direction: string) =>
    `{direction="${direction}",listener="${scene.address}",proxy="${scene.name}",upstream="${scene.upstream.address}"} 5`;
  const wanted = ['received', 'sent'].flatMap(verb =>
    ['downstream', 'upstream'].map(direction => `toxiproxy_proxy_${verb}_bytes_total${label(direction)}`),
  );
  let text = '';
  // Both servers count a link when it has ended, which may be after the client sees its end.
  while (!wanted.every(line => text.includes(line))) {
    const response = await send(scene.url, {method: 'GET', path: '/metrics'});
    t.regex(String(response.headers['content-type']), /^text\/plain; version=0\.0\.4; charset=utf-8/);
    text = response.body;
  }
  t.true(text.includes('# TYPE toxiproxy_proxy_received_bytes_total counter\n'));
  t.true(text.includes('# TYPE toxiproxy_proxy_sent_bytes_total counter\n'));
});

const entry = new URL('../../../src/faults/server/main.ts', import.meta.url);
const env = {...process.env, ...compileCache};
const start = (options: unknown) => fork(entry, [JSON.stringify(options)], {execArgv: [], env});

test('the child says where it listens, and ends when told so', async t => {
  const child = start({host: '127.0.0.1', port: 0, seed: 1});
  const {kind, url} = await messageOf<{kind: string; url: string}>(child);
  t.is(kind, 'listening');
  t.is((await send(url, {method: 'GET', path: '/metrics'})).status, 404);
  for (const foreign of ['stop', {kind: 'stop'}, [null]]) child.send(foreign);
  t.is((await send(url, {method: 'GET', path: '/version'})).status, 200);
  tellChild(child, {kind: 'unknown'});
  tellChild(child, {kind: 'stop'});
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test('the child ends when its parent is gone', async t => {
  const child = start({host: '127.0.0.1', port: 0, seed: 1});
  await messageOf(child);
  child.disconnect();
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

for (const [title, options, reason] of [
  ['an address that is not ours', {host: '192.0.2.1'}, /EADDRNOTAVAIL/],
  ['a wrong option', {port: '1'}, /port must be a number/],
] as const) {
  test(`the child says why it cannot start: ${title}`, async t => {
    const child = start(options);
    const [{kind, message}, [exitCode]] = await Promise.all([
      messageOf<{kind: string; message: string}>(child),
      once(child, 'exit'),
    ]);
    t.is(kind, 'failed');
    t.regex(message, reason);
    t.is(exitCode, 2);
  });
}
