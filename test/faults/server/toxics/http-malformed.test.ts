// http_malformed: what follows a response, or never lets its head end, byte by byte and as undici and node:http see it.
import {once} from 'node:events';
import {get} from 'node:http';
import test from 'ava';
import {Pool, request} from 'undici';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import {body, HttpScene, requestText} from '../../../helpers/http-scene.ts';
import {Http2Scene} from '../../../helpers/http2-scene.ts';
import {hitsOf} from '../../../helpers/proxy-faults.ts';
import {Scene} from '../../../helpers/proxy-scene.ts';
import type {Peer} from '../../../helpers/proxy-sockets.ts';
import {send} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

/** The same to each request. */
const answering =
  (answer: string) =>
  ({socket}: Peer): void => {
    socket.on('data', () => socket.write(answer));
  };

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b\r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n';
const empty = 'HTTP/1.1 204 No Content\r\n\r\n';
const headOnly = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
const large = `HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`;
const stray = 'stray bytes\r\n';

type Row = {
  readonly how: 'stray-bytes' | 'twice';
  readonly answer: string;
  readonly more: string;
  readonly method?: 'HEAD';
};
const rows: Readonly<Record<string, Row>> = {
  'stray bytes after a body': {how: 'stray-bytes', answer: plain, more: stray},
  'stray bytes after chunks and trailers': {how: 'stray-bytes', answer: chunked, more: stray},
  'stray bytes after a response without a body': {how: 'stray-bytes', answer: empty, more: stray},
  'stray bytes after the answer to HEAD': {
    how: 'stray-bytes',
    answer: headOnly,
    more: stray,
    method: 'HEAD',
  },
  'a response that comes twice': {how: 'twice', answer: plain, more: plain},
  'chunks that come twice': {how: 'twice', answer: chunked, more: chunked},
  'a head that comes twice': {how: 'twice', answer: headOnly, more: headOnly, method: 'HEAD'},
  'a response that is too large to come twice': {how: 'twice', answer: large, more: ''},
};

for (const [title, {how, answer, more, method = 'GET'}] of Object.entries(rows)) {
  test(`${title}: the connection goes on, and what is not hit passes byte by byte`, async t => {
    const scene = await Scene.open(injector.url, answering(answer));
    t.teardown(() => scene.close());
    await scene.add({type: 'http_malformed', name: 'f', attributes: {how, path: '/odd'}});
    const client = await scene.connect();
    client.socket.write(requestText(method, '/odd'));
    await client.bytes(answer.length + more.length);
    client.socket.write(requestText(method, '/other'));
    await client.bytes(2 * answer.length + more.length);
    t.true(client.received.equals(Buffer.from(answer + more + answer)));
    t.is((await hitsOf(scene, 'f')).actions, more === '' ? 0 : 1);
  });
}

for (const how of ['stray-bytes', 'twice']) {
  test(`nothing follows a response that ends with its connection: ${how}`, async t => {
    const answer = 'HTTP/1.1 200 OK\r\n\r\nhello';
    const scene = await Scene.open(injector.url, ({socket}) => {
      socket.once('data', () => socket.end(answer));
    });
    t.teardown(() => scene.close());
    await scene.add({type: 'http_malformed', name: 'f', attributes: {how}});
    const client = await scene.connect();
    client.socket.write(requestText('GET', '/'));
    await client.ended();
    t.is(String(client.received), answer);
    t.is((await hitsOf(scene, 'f')).actions, 0);
  });

  test(`undici takes the response of ${how}, and no more from its connection`, async t => {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.add({type: 'http_malformed', attributes: {how}});
    // In one piece: what follows is there before the client can ask again.
    await scene.add({type: 'coalesce', attributes: {hold: 50}});
    const pool = new Pool(scene.origin, {connections: 1});
    t.teardown(() => pool.close());
    for (let count = 0; count < 2; count++) {
      const {statusCode, body: answer} = await pool.request({method: 'GET', path: '/'});
      t.deepEqual([statusCode, await answer.text()], [200, body]);
    }
    t.deepEqual(
      (await scene.hits()).map(({connection, action}) => [connection, action]),
      [
        [1, how],
        [2, how],
      ],
    );
  });
}

test('a client that reads one response after the other takes the second one for its next', async t => {
  const scene = await HttpScene.open(injector.url, ({url}, response) => response.end(`[${url}]`));
  t.teardown(() => scene.close());
  await scene.add({type: 'http_malformed', attributes: {how: 'twice'}, first_n: 1});
  const client = await scene.connect();
  const bodies = (): readonly string[] => String(client.received).match(/\[.*?\]/g) ?? [];
  client.socket.write(requestText('GET', '/one'));
  while (bodies().length < 2) await client.bytes(client.receivedBytes + 1);
  client.socket.write(requestText('GET', '/two'));
  while (bodies().length < 3) await client.bytes(client.receivedBytes + 1);
  t.deepEqual(bodies(), ['[/one]', '[/one]', '[/two]']);
});

test('a head without end goes on until the toxic is removed, which closes the connection', async t => {
  const scene = await Scene.open(injector.url, answering(plain));
  t.teardown(() => scene.close());
  await scene.add({type: 'http_malformed', name: 'f', attributes: {how: 'endless-head'}});
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/'));
  await client.bytes(20_000);
  const seen = String(client.received);
  t.regex(seen, /^HTTP\/1\.1 200 OK\r\nContent-Length: 5\r\nX-A: {2}b\r\nX-Padding: x+\r\n/);
  t.false(seen.includes('\r\n\r\n'));
  t.false(client.hasEnded);
  await scene.remove('f');
  await client.ended();
  t.is(client.errorCode, undefined);
  t.true(client.receivedBytes < 5_000_000);
  t.like(await hitsOf(scene, 'f'), {connectionsHit: 1, actions: 1});
});

test('a head without end is too long for undici and node:http, and stops when they leave', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_malformed', attributes: {how: 'endless-head'}});
  await t.throwsAsync(request(scene.origin, {reset: true}), {code: 'UND_ERR_HEADERS_OVERFLOW'});
  const [error] = (await once(get(scene.origin, {agent: false}), 'error')) as [NodeJS.ErrnoException];
  t.is(error.code, 'HPE_HEADER_OVERFLOW');
  await scene.untilOpen(0);
  t.is(scene.ledger.length, 2);
});

test('it is for HTTP/1: on HTTP/2 it takes nothing, and says so', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.add({type: 'http_malformed', name: 'f', attributes: {how: 'twice'}});
  t.like(await scene.ask(), {status: 200, bytes: 1000, end: 'whole'});
  t.like((await scene.witness()).faults['f'], {decisions: 0, actions: 0, missed: {'HTTP/2': 1}});
});

for (const framing of ['chunks', 'a length'] as const) {
  test(`a 206 with ${framing} that http_fault finishes early is shorter than its Content-Range`, async t => {
    const scene = await HttpScene.open(injector.url, (_request, response) => {
      response.setHeader('Content-Range', 'bytes 0-9/100');
      if (framing === 'a length') response.setHeader('Content-Length', '10');
      response.writeHead(206);
      response.write('01234');
      response.end('56789');
    });
    t.teardown(() => scene.close());
    const attributes = {stage: 'response', action: 'finish', cut_bytes: 4};
    await scene.add({type: 'http_fault', attributes});
    const {statusCode, headers, body: part} = await request(scene.origin);
    t.deepEqual([statusCode, headers['content-range']], [206, 'bytes 0-9/100']);
    t.is(headers['content-length'], framing === 'a length' ? '4' : undefined);
    t.is(await part.text(), '0123');
  });
}

test('an unknown way to be malformed is refused', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  const path = `/proxies/${scene.name}/toxics`;
  const toxic = {type: 'http_malformed', attributes: {how: 'odd'}};
  const {status, body: answer} = await send(injector.url, {method: 'POST', path, body: toxic});
  t.is(status, 400);
  t.regex(answer, /how must be one of stray-bytes, endless-head, twice/);
});
