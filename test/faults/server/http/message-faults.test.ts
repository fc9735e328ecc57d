// Statuses, slow bodies, wrong lengths and dropped keep-alive, as a client sees them.

import {once} from 'node:events';
import {get, type IncomingMessage} from 'node:http';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import test from 'ava';
import {request} from 'undici';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import {body, bodyBytes, HttpScene, received, requestText} from '../../../helpers/http-scene.ts';
import {send} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

test('a status is answered without the upstream, and the connection goes on', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const attributes = {
    status: 429,
    retry_after: '7',
    body: '{"error":"späť"}',
    content_type: 'application/json',
  };
  await scene.add({type: 'http_status', attributes: {...attributes, path: '/busy/**'}});
  const client = await scene.connect();
  client.socket.write(requestText('PUT', '/busy/a/op-9', body) + requestText('GET', '/free'));
  const answers = await received(client, /x{1000}$/);
  const busy =
    /^HTTP\/1\.1 429 Too Many Requests\r\nDate: .*\r\nRetry-After: 7\r\nContent-Type: application\/json\r\nContent-Length: 18\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n\{"error":"späť"\}HTTP\/1\.1 200 OK/;
  t.regex(answers, busy);
  t.deepEqual(
    scene.ledger.map(({path}) => path),
    ['/free'],
  );
  t.like(await scene.hits(), [{request: 1, method: 'PUT', path: '/busy/a/op-9', action: 'status-429'}]);
});

test('a status without a body, with a date from now, to HEAD, and a close', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const attributes = {status: 503, retry_after: '+60', body: 'busy', close: true};
  await scene.add({type: 'http_status', attributes});
  const client = await scene.connect();
  client.socket.write(requestText('HEAD', '/'));
  await client.ended();
  const [, date = ''] = /Retry-After: (.*)\r\n/.exec(String(client.received)) ?? [];
  const inMs = Date.parse(date) - Date.now();
  t.true(inMs > 55_000 && inMs <= 61_000, date);
  t.regex(String(client.received), /Content-Length: 4\r\nConnection: close\r\n\r\n$/);
  t.is(client.errorCode, undefined);
});

test('undici and node:http understand a status after an upload', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {status: 500, body: 'no'}});
  const {statusCode, body: answer} = await request(scene.origin, {method: 'POST', body: 'x'.repeat(300_000)});
  t.deepEqual([statusCode, await answer.text()], [500, 'no']);
  const [response] = (await once(get(scene.origin, {agent: false}), 'response')) as [IncomingMessage];
  t.deepEqual([response.statusCode, await text(response)], [500, 'no']);
  t.deepEqual(scene.ledger, []);
});

test('an early status comes before the body, which is read and dropped', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {status: 413, early: true, path: '/large'}});
  const client = await scene.connect();
  const upload = requestText('PUT', '/large', body);
  client.socket.write(upload.slice(0, -400));
  await received(client, /^HTTP\/1\.1 413 .*Connection: keep-alive\r\n.*\r\n\r\n$/s);
  client.socket.write(upload.slice(-400) + requestText('GET', '/free'));
  t.regex(await received(client, /x{1000}$/), /^HTTP\/1\.1 413 .*timeout=5\r\n\r\nHTTP\/1\.1 200 OK/s);
  t.deepEqual(
    scene.ledger.map(({path}) => path),
    ['/free'],
  );
  t.like(await scene.hits(), [{method: 'PUT', path: '/large', action: 'status-413'}]);
});

test('an early status with a close: what is still sent is dropped', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {status: 413, early: true, close: true}});
  const client = await scene.connect();
  client.socket.write(requestText('PUT', '/large', body).slice(0, -400));
  await client.ended();
  t.regex(String(client.received), /^HTTP\/1\.1 413 .*Connection: close\r\n\r\n$/s);
  client.socket.end(body.slice(-400));
  await client.closed;
  t.is(client.errorCode, undefined);
  t.deepEqual(scene.ledger, []);
});

test('undici takes an early status while its upload waits for more', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {status: 413, early: true, body: 'too large'}});
  const upload = new PassThrough();
  // It is broken off once the answer is complete.
  upload.on('error', () => {});
  upload.write('x');
  const {statusCode, body: answer} = await request(scene.origin, {method: 'POST', body: upload, reset: true});
  t.deepEqual([statusCode, await answer.text()], [413, 'too large']);
  upload.end();
});

test('a client that asks before it sends is told no by a status, and to go on by a fault in the body', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', attributes: {path: '/status'}});
  await scene.add({type: 'http_fault', attributes: {stage: 'request', action: 'close', cut_bytes: 1}});
  const head = (path: string) => requestText('PUT', path, '', ['Content-Length: 5', 'Expect: 100-continue']);
  const [refused, cut] = [await scene.connect(), await scene.connect()];
  refused.socket.write(head('/status'));
  await refused.ended();
  t.regex(String(refused.received), /^HTTP\/1\.1 503 .*Connection: close\r\n\r\n$/s);
  cut.socket.write(head('/fault'));
  await received(cut, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  cut.socket.write('abc');
  await cut.ended();
  t.deepEqual(scene.ledger, []);
});

for (const path of ['/', '/chunked']) {
  test(`a slow body of ${path} drips at its rate, whole, and its removal lets it go`, async t => {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.add({type: 'http_slow_body', name: 'slow', attributes: {bytes_per_second: 2000}});
    const startMs = performance.now();
    const {body: answer} = await request(scene.origin + path);
    t.is(await answer.text(), body);
    const elapsedMs = performance.now() - startMs;
    t.true(elapsedMs >= 495 && elapsedMs < 8000, `${elapsedMs}`);
    await scene.remove('slow');
    // A head that was held back, too, would come after the test has failed.
    await scene.add({type: 'http_slow_body', name: 'slow', attributes: {bytes_per_second: 1}});
    const slowest = await request(scene.origin + path);
    await scene.remove('slow');
    t.is(await slowest.body.text(), body);
  });
}

test('too large a length makes clients wait, or fail when the connection is closed', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_content_length', name: 'more', attributes: {difference: 5, path: '/more'}});
  await scene.add({
    type: 'http_content_length',
    name: 'closed',
    attributes: {difference: 5, close: true, path: '/closed'},
  });
  await scene.add({
    type: 'http_content_length',
    name: 'fewer',
    attributes: {difference: -400, path: '/fewer'},
  });
  const waits = await request(`${scene.origin}/more`, {bodyTimeout: 300, headersTimeout: 3000});
  t.is(waits.headers['content-length'], '1005');
  await t.throwsAsync(waits.body.text(), {code: 'UND_ERR_BODY_TIMEOUT'});
  const closed = await request(`${scene.origin}/closed`);
  const error = await t.throwsAsync<NodeJS.ErrnoException>(closed.body.text());
  t.regex(error.code ?? '', /^UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH)$/);
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/fewer'));
  t.regex(await received(client, /x{1000}$/), /Content-Length: 600\r\n/);
  client.socket.write(requestText('GET', '/chunked'));
  t.regex(await received(client, /0\r\n\r\n$/), /x{1000}HTTP\/1\.1 200 OK/);
  t.deepEqual(
    (await scene.hits()).map(({toxic, action}) => [toxic, action]),
    [
      ['more', 'content-length'],
      ['closed', 'content-length'],
      ['fewer', 'content-length'],
    ],
  );
});

for (const announce of [true, false]) {
  test(`keep-alive is dropped ${announce ? 'with' : 'without'} notice`, async t => {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.add({type: 'http_drop_keep_alive', attributes: {announce}});
    const client = await scene.connect();
    client.socket.write(requestText('GET', '/'));
    await client.ended();
    const answer = String(client.received);
    t.regex(answer, announce ? /\r\nConnection: close\r\n/ : /\r\nConnection: keep-alive\r\n/);
    t.is(answer.length - answer.indexOf('\r\n\r\n') - 4, bodyBytes);
    t.is(client.errorCode, undefined);
  });
}

test('a chunked response is cut at its content, and shortened in form', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const attributes = {stage: 'response', cut_bytes: 700, path: '/chunked/cut', action: 'close'};
  await scene.add({type: 'http_fault', name: 'cut', attributes});
  const shortened = {...attributes, path: '/chunked/short', action: 'finish'};
  await scene.add({type: 'http_fault', name: 'short', attributes: shortened});
  const first = {...attributes, path: '/chunked/first', cut_bytes: -1, cut_ratio: 0.5};
  await scene.add({type: 'http_fault', name: 'first', attributes: first});
  for (const [path, bytes] of [
    ['cut', 700],
    ['first', 250],
  ] as const) {
    const client = await scene.connect();
    client.socket.write(requestText('GET', `/chunked/${path}`));
    await client.ended();
    const [, content = ''] = String(client.received).split('\r\n\r\n');
    t.is(content.replaceAll(/[^x]/g, '').length, bytes);
  }
  t.is((await (await request(`${scene.origin}/chunked/short`)).body.text()).length, 700);
});

for (const [title, type, attributes, reason] of [
  ['a status that is none', 'http_status', {status: 200}, 'status must be between 400 and 599'],
  [
    'a wrong Retry-After',
    'http_status',
    {retry_after: 'soon'},
    'retry_after must be seconds, an HTTP date, or + and seconds',
  ],
  ['a wrong stage', 'http_fault', {stage: 'both'}, 'stage must be request or response'],
  [
    'a request that is finished',
    'http_fault',
    {stage: 'request', action: 'finish'},
    'action finish needs stage response',
  ],
  ['two cuts', 'http_fault', {cut_ratio: 0.5, cut_bytes: 1}, 'give cut_ratio or cut_bytes, not both'],
  ['too much of a body', 'http_fault', {cut_ratio: 1.5}, 'cut_ratio must be at most 1'],
  ['no rate', 'http_slow_body', {bytes_per_second: 0}, 'bytes_per_second must be at least 1'],
  ['no difference', 'http_content_length', {}, 'difference must not be 0'],
  ['a method that is none', 'http_status', {method: 'A B'}, 'method must be a method such as GET, or empty'],
] as const) {
  test(`${title} is refused`, async t => {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    const path = `/proxies/${scene.name}/toxics`;
    const {status, body} = await send(injector.url, {method: 'POST', path, body: {type, attributes}});
    t.deepEqual([status, body], [400, `{"error":"bad request body: ${reason}","status":400}\n`]);
  });
}
