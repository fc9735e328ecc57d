// Whatever the API is sent, the injector neither crashes nor hangs. Seeded: a failure can be repeated.

import {once} from 'node:events';
import {connect} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import {createRandom, type Random} from '../../../src/faults/server/random.ts';
import {toxicTypes} from '../../../src/faults/server/toxics/registry.ts';
import {heldBefore, heldOnly} from '../../helpers/held-handles.ts';
import {requestText} from '../../helpers/http-scene.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {api, type ProxyJson, send} from '../../helpers/toxiproxy-request.ts';

const seed = 20_261;

/** Runs steps against an injector, which must leave nothing behind. */
const leavesNothing = test.macro(
  async (t, steps: (t: ExecutionContext, injector: Injector) => Promise<void>) => {
    const before = await heldBefore();
    const injector = await startInjector({host: '127.0.0.1', port: 0, seed, metrics: true});
    try {
      await steps(t, injector);
    } finally {
      await injector.close();
    }
    t.deepEqual(await heldOnly(before), before);
  },
);

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

const names = [
  'p',
  '__proto__',
  'constructor',
  'a b',
  'é',
  '%',
  '..',
  '',
  'x'.repeat(2000),
  '\u0000',
  '"',
  '<',
];
const numbers = [
  '0',
  '-1',
  '1',
  '1.5',
  '1e3',
  '-0',
  '1e-14',
  '5e-324',
  '-1e308',
  '9223372036854775807',
  '-9223372036854775808',
  '99999999999999999999',
  '1e400',
  '0x1',
];
const types = [...toxicTypes.keys(), 'x', 'toString'];
const keys = [
  'name',
  'listen',
  'upstream',
  'enabled',
  'type',
  'stream',
  'toxicity',
  'attributes',
  'first_n',
  'hit_limit',
  'start_after',
  'duration',
  'every',
  'exchange',
  'cut',
  'exchange_direction',
  'since',
  'quiet',
  'ramp_to',
  'ramp_over',
  ...new Set([...toxicTypes.values()].flatMap(({attributes}) => Object.keys(attributes))),
  'Logger',
  'NAME',
];

/** JSON of any shape, mostly made of the words that the API knows. */
function anyJson(random: Random, depth = 0): string {
  const kind = Math.floor(random() * (depth > 3 ? 6 : 9));
  if (kind === 0) return pick(random, numbers);
  if (kind === 1) return JSON.stringify(pick(random, names));
  if (kind === 2) return JSON.stringify(pick(random, types));
  if (kind === 3) return pick(random, ['true', 'false', 'null']);
  if (kind === 4)
    return JSON.stringify(pick(random, ['127.0.0.1:0', ':0', '[::1]:0', 'localhost:0', 'x', '127.0.0.1:1']));
  if (kind === 5) return JSON.stringify(pick(random, ['upstream', 'downstream', 'UPSTREAM', '']));
  const parts = Array.from({length: Math.floor(random() * 6)}, () => anyJson(random, depth + 1));
  if (kind === 6) return `[${parts.join(',')}]`;
  return `{${parts.map(part => `${JSON.stringify(pick(random, keys))}:${part}`).join(',')}}`;
}

const queryValues = [
  ...numbers,
  ...names.map(encodeURIComponent),
  '',
  '%zz',
  '%',
  '%00',
  '+1',
  'NaN',
  'Infinity',
  'null',
  '1&limit=0',
  '9'.repeat(15),
  '9'.repeat(16),
];

/** What a query of news may hold, and what not. */
function anyQuery(random: Random): string {
  const parts = Array.from({length: Math.floor(random() * 5)}, () => {
    const key = pick(random, ['since', 'connections', 'hits', 'limit', '__proto__', '', '%zz']);
    return pick(random, [key, `${key}=${pick(random, queryValues)}`, `${key}=1`, `${key}=0`]);
  });
  return pick(random, ['', '?', `?${parts.join('&')}`, `?${parts.join('?')}`]);
}

/** The same text with some bytes changed, lost or doubled. */
function damaged(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  const rest = text.slice(at + Math.floor(random() * 3));
  return text.slice(0, at) + pick(random, ['', '{', '}', '"', '\\', ',', '\u0000', text, '[[[[[[']) + rest;
}

test.serial('API: any method, path and body gets an answer', leavesNothing, async (t, injector) => {
  const random = createRandom([seed, 'api']);
  const endMs = performance.now() + 1500;
  let count = 0;
  for (; count < 1500 && (performance.now() < endMs || count <= 100); count++) {
    const parts = ['proxies', pick(random, names), 'toxics', pick(random, names)].map(encodeURIComponent);
    const path = pick(random, [
      ...[1, 2, 3, 4].map(length => `/${parts.slice(0, length).join('/')}`),
      '/populate',
      '/reset',
      '/metrics',
      '/foulweather/ca.pem',
      ...['witness', 'connections', 'hits', 'news'].map(
        what => `/foulweather/proxies/${parts[1]}/${what}${anyQuery(random)}`,
      ),
      `//${parts.join('//')}`,
    ]);
    const json = anyJson(random);
    const body = random() < 0.3 ? damaged(random, json) : json;
    const method = pick(random, ['GET', 'POST', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD']);
    const {status} = await send(injector.url, {
      method,
      path,
      ...(method !== 'GET' && method !== 'HEAD' && {body}),
    });
    t.true(
      [200, 201, 204, 301, 400, 404, 405, 409, 500].includes(status),
      `${method} ${path} ${body}: ${status}`,
    );
  }
  t.true(count > 100, `${count} requests`);
  t.is((await send(injector.url, {method: 'GET', path: '/version'})).status, 200);
});

test.serial('API: what was seen is told whatever the query', leavesNothing, async (t, injector) => {
  const upstream = await startUpstream(echo);
  const proxy = {name: 'p', listen: '127.0.0.1:0', upstream: upstream.address};
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', proxy);
  await api(injector.url, 'POST', '/proxies/p/toxics', {type: 'http_status', name: 'f'});
  for (let connection = 0; connection < 3; connection++) {
    const client = await connectTo(listen);
    client.socket.write(requestText('GET', '/'));
    await client.bytes(10);
    client.socket.destroy();
  }
  const random = createRandom([seed, 'queries']);
  const seen = new Set<number>();
  for (let count = 0; count < 300; count++) {
    const what = pick(random, ['witness', 'connections', 'hits', 'news', 'news', 'news']);
    const query = anyQuery(random);
    const path = `/foulweather/proxies/p/${what}${query}`;
    const {status, body} = await send(injector.url, {method: 'GET', path});
    seen.add(status);
    t.true(status === 200 || (status === 400 && what === 'news'), `${path}: ${status} ${body}`);
    const answer = JSON.parse(body);
    if (status === 400) t.regex(answer.error, /^(since|connections|hits|limit) must be a whole number$/);
    else if (what === 'connections' || what === 'hits') t.is(answer.length, 3, path);
    else if (what === 'witness') t.like(answer, {openedConnections: 3, faults: {f: {applied: 3}}});
    else t.like(answer, {connectionCount: 3, hitCount: 3}, path);
  }
  t.deepEqual([...seen].sort(), [200, 400]);
  const ca = await send(injector.url, {method: 'GET', path: `/foulweather/ca.pem?${'x'.repeat(10_000)}`});
  t.regex(ca.body, /^-----BEGIN CERTIFICATE-----/);
  await upstream.close();
});

test.serial('API: huge and deep bodies are refused', leavesNothing, async (t, injector) => {
  const bodies = [
    '['.repeat(1_000_000),
    `{"name":"${'x'.repeat(20_000_000)}"}`,
    `${'{"a":'.repeat(100_000)}1`,
  ];
  for (const body of bodies) {
    const {status} = await send(injector.url, {method: 'POST', path: '/proxies', body});
    t.is(status, 400);
  }
  const nested = `{"name":"p","listen":"127.0.0.1:0","upstream":"127.0.0.1:1","x":${'['.repeat(9000)}${']'.repeat(9000)}}`;
  t.is((await send(injector.url, {method: 'POST', path: '/proxies', body: nested})).status, 201);
});

test.serial('API: what is no HTTP is answered or closed', leavesNothing, async (t, injector) => {
  const random = createRandom([seed, 'http']);
  const texts = [
    'GET /proxies/%zz HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    'BREW / HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"name":',
    'POST /proxies HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'GET http://elsewhere/version HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
    ...Array.from({length: 50}, () =>
      damaged(random, 'POST /proxies HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'),
    ),
  ];
  const asked = texts.map(async text => {
    const socket = connect(injector.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.on('data', () => undefined);
    socket.end(text);
    await once(socket, 'close');
  });
  await Promise.all(asked);
  t.is((await send(injector.url, {method: 'GET', path: '/version'})).status, 200);
});
