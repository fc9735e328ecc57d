// Whatever the API is sent, the injector neither crashes nor hangs. Seeded: a failure can be repeated.

import {once} from 'node:events';
import {connect} from 'node:net';
import test from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import {createRandom, type Random} from '../../../src/faults/server/random.ts';
import {toxicTypes} from '../../../src/faults/server/toxics/registry.ts';
import {send} from '../../helpers/toxiproxy-request.ts';

const seed = 20_261;

async function start(): Promise<Injector> {
  return startInjector({host: '127.0.0.1', port: 0, seed, metrics: true});
}

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

/** The same text with some bytes changed, lost or doubled. */
function damaged(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  const rest = text.slice(at + Math.floor(random() * 3));
  return text.slice(0, at) + pick(random, ['', '{', '}', '"', '\\', ',', '\u0000', text, '[[[[[[']) + rest;
}

test.serial('API: any method, path and body gets an answer', async t => {
  const injector = await start();
  t.teardown(() => injector.close());
  const random = createRandom([seed, 'api']);
  const endMs = performance.now() + 1500;
  let count = 0;
  for (; count < 1500 && performance.now() < endMs; count++) {
    const parts = ['proxies', pick(random, names), 'toxics', pick(random, names)].map(encodeURIComponent);
    const path = pick(random, [
      ...[1, 2, 3, 4].map(length => `/${parts.slice(0, length).join('/')}`),
      '/populate',
      '/reset',
      '/metrics',
      `/foulweather/proxies/${parts[1]}/witness`,
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

test.serial('API: huge and deep bodies are refused', async t => {
  const injector = await start();
  t.teardown(() => injector.close());
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

test.serial('API: what is no HTTP is answered or closed', async t => {
  const injector = await start();
  t.teardown(() => injector.close());
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
