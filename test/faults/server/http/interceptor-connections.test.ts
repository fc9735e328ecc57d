// Which requests a fault takes, on which connections it acts, and that nothing of it stays behind.

import {once} from 'node:events';
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {Pool, request} from 'undici';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import {bodyBytes, HttpScene, received, requestText} from '../../../helpers/http-scene.ts';
import {witnessOf} from '../../../helpers/proxy-faults.ts';
import {Scene} from '../../../helpers/proxy-scene.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';
import {api} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

const statusOf = async (url: string, method: 'GET' | 'PUT' = 'GET'): Promise<number> => {
  const {statusCode, body} = await request(url, {method});
  await body.dump();
  return statusCode;
};

test('method, path and nth choose the requests, over all connections; the first toxic wins', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', name: 'a', attributes: {status: 501, method: 'put', path: '/x/*'}});
  await scene.add({type: 'http_status', name: 'b', attributes: {status: 502}, nth: 3});
  const seen: number[] = [];
  for (const [method, path] of [
    ['PUT', '/x/1?q'],
    ['GET', '/x/1'],
    ['PUT', '/x/1/2'],
    ['PUT', '/x/2'],
    ['GET', '/'],
    ['GET', '/'],
    ['GET', '/'],
    ['GET', '/'],
  ] as const) {
    seen.push(await statusOf(scene.origin + path, method));
  }
  t.deepEqual(seen, [501, 200, 200, 501, 502, 200, 200, 502]);
  const {faults} = await scene.witness();
  t.like(faults, {a: {decisions: 2, applied: 2, actions: 2}, b: {decisions: 2, applied: 2, actions: 2}});
});

test('first_n and hit_limit count requests, the first before the dice and the other after them', async t => {
  // The name decides how the dice fall.
  const scene = await HttpScene.open(injector.url, undefined, 'counted');
  t.teardown(() => scene.close());
  const statuses = async (count: number): Promise<readonly number[]> => {
    const seen: number[] = [];
    while (seen.length < count) seen.push(await statusOf(scene.origin));
    return seen;
  };
  await scene.add({type: 'http_status', name: 'first', toxicity: 0.5, first_n: 6});
  const first = await statuses(10);
  const taken = first.filter(status => status === 503).length;
  t.deepEqual(first.slice(6), [200, 200, 200, 200]);
  t.true(taken > 0 && taken < 6, `${first}`);
  t.like((await scene.witness()).faults['first'], {decisions: 6, applied: taken});
  await scene.remove('first');
  await scene.add({type: 'http_status', name: 'most', toxicity: 0.5, hit_limit: 2});
  const most = await statuses(20);
  t.is(most.filter(status => status === 503).length, 2);
  t.like((await scene.witness()).faults['most'], {decisions: most.lastIndexOf(503) + 1, applied: 2});
});

test('nth with a hit limit of 1 takes the n-th request only', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', name: 'third', attributes: {method: 'PUT'}, nth: 3, hit_limit: 1});
  const seen: number[] = [];
  for (let count = 0; count < 9; count++) {
    await statusOf(scene.origin);
    seen.push(await statusOf(scene.origin, 'PUT'));
  }
  t.deepEqual(seen, [200, 200, 503, 200, 200, 200, 200, 200, 200]);
  t.like((await scene.witness()).faults['third'], {decisions: 1, applied: 1});
});

test('a target that cannot be reached: the client is closed before any fault acts', async t => {
  const scene = await Scene.open(injector.url);
  t.teardown(() => api(injector.url, 'DELETE', `/proxies/${scene.name}`));
  await scene.upstream.close();
  await scene.add({type: 'http_status', name: 's'});
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/'));
  await client.closed;
  t.is(client.receivedBytes, 0);
  const error = await t.throwsAsync<NodeJS.ErrnoException>(request(`http://${scene.address}/`));
  t.true(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(error?.code ?? ''), error?.code ?? '');
  t.like(await witnessOf(scene), {failedDials: 2, faults: {s: {decisions: 0, actions: 0}}});
});

async function fates(seed: number): Promise<readonly string[]> {
  const own = await startInjector({host: '127.0.0.1', port: 0, seed});
  const scene = await HttpScene.open(own.url, undefined, 'p');
  await scene.add({type: 'http_status', name: 'dice', toxicity: 0.5});
  const lines: string[] = [];
  for (let connection = 0; connection < 3; connection++) {
    const pool = new Pool(scene.origin, {connections: 1});
    let line = '';
    for (let count = 0; count < 12; count++) {
      const {statusCode, body} = await pool.request({method: 'GET', path: '/'});
      await body.dump();
      line += statusCode === 503 ? '1' : '0';
    }
    await pool.close();
    lines.push(line);
  }
  await scene.close();
  await own.close();
  return lines;
}

test('the same seed decides the same for the n-th request of a connection', async t => {
  const [first, second, other] = [await fates(7), await fates(7), await fates(8)];
  t.deepEqual(first, second);
  t.notDeepEqual(first, other);
  t.is(new Set(first).size, 3);
});

test('a live connection is taken from its next request on, and left again', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/first'));
  await received(client, /x{1000}$/);
  await scene.add({type: 'http_status', name: 's'});
  client.socket.write(requestText('GET', '/second'));
  await received(client, /503 Service Unavailable.*\r\n\r\n$/s);
  await scene.remove('s');
  client.socket.write(requestText('GET', '/third'));
  await received(client, /503 .*x{1000}$/s);
  t.deepEqual(
    scene.ledger.map(({path}) => path),
    ['/first', '/third'],
  );
});

test('a request that is half sent when the fault comes goes through', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const client = await scene.connect();
  const text = requestText('PUT', '/', 'abcdef');
  client.socket.write(text.slice(0, -3));
  while (scene.ledger[0]?.bodyBytes !== 3) await turn();
  await scene.add({type: 'http_status', name: 's'});
  client.socket.write(text.slice(-3));
  await received(client, /200 OK.*x{1000}$/s);
  client.socket.write(text);
  await received(client, /503 Service Unavailable/);
  t.like(scene.ledger, [{bodyBytes: 6, isWhole: true}]);
  t.is(scene.ledger.length, 1);
});

test('removing a fault while it hangs closes what hangs', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  for (const stage of ['request', 'response']) {
    await scene.add({type: 'http_fault', name: 'h', attributes: {stage, action: 'hang', cut_bytes: 3}});
    const client = await scene.connect();
    client.socket.write(requestText('PUT', '/', 'abcdef'));
    const hits = stage === 'request' ? 1 : 2;
    while ((await scene.hits()).length < hits);
    t.false(client.hasEnded);
    await scene.remove('h');
    await client.ended();
    t.is(client.errorCode, undefined);
    client.socket.end();
  }
  await scene.untilOpen(0);
});

test('what is no HTTP passes untouched, whoever speaks first', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status'});
  const client = await scene.connect();
  client.socket.write('*1\r\n$4\r\nPING\r\n');
  await client.bytes(14);
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await client.bytes(32);
  const listener = await scene.connect();
  const {socket} = await scene.upstream.peer(1);
  socket.write('220 hello\r\n');
  await listener.bytes(11);
  listener.socket.write('GET / HTTP/1.1\r\n\r\n');
  await listener.bytes(29);
  t.is(String(listener.received), '220 hello\r\nGET / HTTP/1.1\r\n\r\n');
});

test('after an upgrade everything passes untouched', async t => {
  const scene = await Scene.open(injector.url, ({socket}) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nhi');
      socket.on('data', data => socket.write(data));
    });
  });
  t.teardown(() => scene.close());
  await scene.call('POST', '/toxics', {type: 'http_drop_keep_alive', name: 'x'});
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/', '', ['Upgrade: echo', 'Connection: upgrade']));
  await received(client, /\r\n\r\nhi$/);
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await received(client, /hiGET \/ HTTP\/1\.1\r\n\r\n$/);
  t.is(client.errorCode, undefined);
});

test('a fault of the response loses the answer to a handshake, and only what acted spends a hit', async t => {
  const scene = await Scene.open(injector.url, ({socket}) => {
    socket.on('data', data =>
      socket.write(
        String(data).startsWith('CONNECT')
          ? 'HTTP/1.1 200 OK\r\n\r\nhi'
          : 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nhi',
      ),
    );
  });
  t.teardown(() => scene.close());
  const lose = {stage: 'response', action: 'close'} as const;
  for (const method of ['GET', 'CONNECT']) {
    const ask = requestText(method, '/', '', method === 'GET' ? ['Upgrade: echo'] : []);
    await scene.call('POST', '/toxics', {type: 'http_fault', name: method, hit_limit: 1, attributes: lose});
    const first = await scene.connect();
    first.socket.write(ask);
    await first.ended();
    t.is(String(first.received), '');
    first.socket.end();
    const second = await scene.connect();
    second.socket.write(ask);
    await received(second, /\r\n\r\nhi$/);
    const {faults} = await witnessOf(scene);
    t.like(faults[method], {connectionsHit: 1, actions: 1});
    await scene.call('DELETE', `/toxics/${method}`);
  }
});

test('a toxic that finds nothing to act on in a response spends no hit', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_content_length', name: 'l', hit_limit: 1, attributes: {difference: -1}});
  for (const path of ['/chunked', '/chunked', '/whole']) await statusOf(scene.origin + path).catch(() => 0);
  t.like(await scene.hits(), [{path: '/whole', action: 'content-length'}]);
});

for (const end of ['end', 'resetAndDestroy'] as const) {
  test(`what a client sent before its ${end} reaches the target: half a head, and requests sent ahead`, async t => {
    const scene = await Scene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.call('POST', '/toxics', {type: 'http_status', name: 's', attributes: {path: '/no'}});
    const half = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Len';
    const ahead = requestText('GET', '/a') + requestText('GET', '/b') + half;
    for (const [index, text] of [half, ahead, '\r\n\r\n', 'no HTTP', 'G'].entries()) {
      const client = await scene.connect();
      client.socket.write(text);
      const target = await scene.upstream.peer(index);
      // A reset takes with it what has not been read.
      setTimeout(() => client.socket[end](), end === 'end' ? 0 : 50);
      await target.ended();
      t.is(String(target.received), text);
    }
  });
}

test('a request that is sent ahead of an answer of ours reaches the target although the client has ended', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {path: '/b'}});
  const client = await scene.connect();
  client.socket.end(requestText('GET', '/b') + requestText('GET', '/c'));
  await received(client, /503/);
  while (scene.ledger.length === 0) await turn();
  t.like(scene.ledger, [{path: '/c'}]);
});

test('pipelined requests are answered in order, byte by byte or at once', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {path: '/b'}});
  const all = ['/a', '/b', '/c'].map(path => requestText('PUT', path, 'abc')).join('');
  for (const pieces of [[all], [...all]]) {
    const client = await scene.connect();
    for (const piece of pieces) client.socket.write(piece);
    const text = await received(client, /x{1000}.*x{1000}$/s);
    t.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 503', 'HTTP/1.1 200']);
  }
  t.deepEqual(
    scene.ledger.map(({path}) => path),
    ['/a', '/c', '/a', '/c'],
  );
});

test('no secret gets into the hit log', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status'});
  const client = await scene.connect();
  const fields = ['Authorization: hidden', 'Cookie: hidden', 'X-Operation-Id: op-7'];
  client.socket.write(requestText('PUT', '/a/b?token=hidden', 'hidden', fields));
  await received(client, /503/);
  const hits = await scene.hits();
  t.like(hits, [{path: '/a/b', operationId: 'op-7', connection: 1, request: 1, bodyBytes: null}]);
  t.false(JSON.stringify(hits).includes('hidden'));
});

test.serial('sockets and timers are back to where they were', async t => {
  const kinds = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout', 'Immediate'];
  const held = () => process.getActiveResourcesInfo().filter(kind => kinds.includes(kind)).length;
  const untilHeld = async (count: number): Promise<number> => {
    for (let turns = 0; turns < 20_000 && held() > count; turns++) await turn();
    return held();
  };
  const before = held();
  const own = await startInjector({host: '127.0.0.1', port: 0, seed: 5});
  const scene = await HttpScene.open(own.url);
  const fault = (name: string, attributes: Readonly<Record<string, string | number>>) =>
    scene.add({type: 'http_fault', name, toxicity: 0.2, attributes});
  await fault('p', {stage: 'response', action: 'hang', cut_ratio: 0.5});
  await fault('pc', {stage: 'response', action: 'close', cut_ratio: 0.5});
  await fault('pa', {stage: 'response', action: 'abort', cut_ratio: 0.5});
  await fault('pq', {stage: 'request', action: 'hang', cut_ratio: 0.5});
  await fault('pqa', {stage: 'request', action: 'abort', cut_ratio: 0.5});
  await scene.add({type: 'http_slow_body', name: 's', attributes: {bytes_per_second: 5000}});
  const clients = await Promise.all(Array.from({length: 100}, () => scene.connect()));
  for (const {socket} of clients) socket.write(requestText('PUT', '/', 'x'.repeat(bodyBytes)));
  while ((await scene.hits()).length < 95);
  for (const [index, {socket}] of clients.entries()) {
    if (index % 2 === 0) socket.end();
    else socket.resetAndDestroy();
  }
  await scene.untilOpen(0);
  for (const {socket} of clients) if (!socket.closed) await once(socket.destroy(), 'close');
  await scene.close();
  await own.close();
  t.true((await untilHeld(before)) <= before);
});
