// What the data plane is given in fuzz tests: toxics of every type with attributes of any size, and bytes that are HTTP or
// TLS, or nearly.
import {Duplex} from 'node:stream';
import {connect} from 'node:tls';
import type {Random} from '../../src/faults/server/random.ts';
import {toxicTypes} from '../../src/faults/server/toxics/registry.ts';
import {pattern} from './proxy-behaviours.ts';

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** The same bytes with some changed, lost or doubled. */
export function damaged(random: Random, data: Buffer): Buffer {
  const at = Math.floor(random() * data.length);
  const rest = data.subarray(at + Math.floor(random() * 3));
  const parts = ['', '\0', '\r\n', '\xff', '0', '9'.repeat(20), ':', data];
  const part = pick(random, parts);
  return Buffer.concat([data.subarray(0, at), Buffer.from(part as string, 'latin1'), rest]);
}

/** The bytes with which Node's own TLS client begins. */
const clientHello = (): Promise<Buffer> =>
  new Promise(resolve => {
    const socket = new Duplex({
      read: () => undefined,
      write(data, _encoding, done) {
        resolve(data);
        done();
      },
    });
    const client = connect({socket, servername: 'things.example', ALPNProtocols: ['h2', 'http/1.1']});
    client.on('error', () => undefined);
  });

export const hello = await clientHello();
const head = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');

export const requests = [
  head('GET /things/1?x=2 HTTP/1.1\nHost: x\nx-operation-id: op-1\n\n'),
  head('PUT /things/2 HTTP/1.1\nHost: x\nContent-Length: 5\nExpect: 100-continue\n\nhello'),
  head('POST /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n5\nhello\n0\nTrailer: y\n\n'),
  head('HEAD / HTTP/1.0\nConnection: keep-alive\n\nGET /next HTTP/1.1\nHost: x\n\n'),
  head('CONNECT x:1 HTTP/1.1\nHost: x\n\nanything'),
  head('GET / HTTP/1.1\nUpgrade: websocket\nConnection: Upgrade\n\n'),
  head('POST /b HTTP/1.1\nContent-Length: 18446744073709551616\nContent-Length: -1\n\n'),
  head(`GET /${'x'.repeat(70_000)} HTTP/1.1\n\n`),
];
const responses = [
  head('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  head('HTTP/1.1 100 Continue\n\nHTTP/1.1 204 No Content\n\n'),
  head('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;x=y\nhello\n0\n\n'),
  head('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffffffffffffffff\nhello'),
  head('HTTP/1.0 200 OK\n\nuntil the end'),
  head('HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n\0\0\0'),
  Buffer.from([21, 3, 3, 0, 2, 2, 40]),
];

/** What a client may say. */
export function anyRequest(random: Random): Buffer {
  const kind = random();
  if (kind < 0.2) return pattern(Math.floor(random() * 200_000));
  const whole = kind < 0.4 ? hello : pick(random, requests);
  const said = random() < 0.5 ? whole : damaged(random, whole);
  return random() < 0.7 ? said : said.subarray(0, Math.ceil(random() * said.length));
}

/** What an upstream may answer. */
export function anyResponse(random: Random): Buffer {
  const whole = pick(random, responses);
  return random() < 0.5 ? whole : damaged(random, whole);
}

/** JSON texts: JavaScript would lose the digits of some. */
const integers = ['0', '1', '-1', '5', '20', '1000', '100000', '9223372036854775807', '-9223372036854775808'];
export const floats = [...integers, '0.5', '1e-14', '5e-324', '-0.0', '1e308', '999.9999999999999'];
const strings = [
  'request',
  'response',
  'hang',
  'close',
  'abort',
  'finish',
  'untrusted',
  'self-signed',
  'expired',
  'wrong-host',
  'GET',
  '/things/*',
  '**',
  '7',
  '+7',
  '+99999999999999999',
  '',
  '\0é',
  'x'.repeat(3000),
];

/** The body that adds a toxic, of the n-th type and again from the first on. Each of its attributes is given or not, of the right kind, of any size. */
export function anyToxic(random: Random, number: number, names: readonly string[]): string {
  const types = [...toxicTypes.values()];
  const type = types[number % types.length]!;
  const value = (kind: string): string => {
    if (kind === 'string') return JSON.stringify(pick(random, strings));
    if (kind === 'bool') return pick(random, ['true', 'false']);
    return pick(random, kind === 'float64' ? floats : integers);
  };
  const some = (fields: readonly (readonly [name: string, kind: string])[], share: number): string =>
    fields
      .filter(() => random() < share)
      .map(([name, kind]) => `"${name}":${value(kind)}`)
      .join(',');
  const attributes = Object.entries(type.attributes).map(([name, {kind}]) => [name, kind] as const);
  const scope = ['nth', 'first_n', 'hit_limit', 'start_after', 'duration', 'every', 'ramp_over'].map(
    name => [name, 'int64'] as const,
  );
  const moment = [
    `"exchange":${pick(random, ['0', '1', '2', '5', '-1'])}`,
    `"cut":"${pick(random, ['before', 'within', 'after', ''])}"`,
    ...(random() < 0.3 ? [`"exchange_direction":"${pick(random, ['upstream', 'downstream'])}"`] : []),
    ...(random() < 0.5 ? ['"since":"fault"'] : []),
    ...(random() < 0.3 ? [`"quiet":${pick(random, integers)}`] : []),
  ];
  const parts = [
    `"name":${JSON.stringify(pick(random, names))}`,
    `"type":${JSON.stringify(type.name)}`,
    `"stream":"${pick(random, ['upstream', 'downstream'])}"`,
    `"toxicity":${pick(random, ['0', '0.5', '1', '1', '1', '-1', '1e30'])}`,
    `"attributes":{${some(attributes, 0.7)}}`,
    some(scope, random() < 0.5 ? 0 : 0.3),
    random() < 0.3 ? moment.join(',') : '',
    random() < 0.2 ? `"ramp_to":{${some(attributes, 0.5)}}` : '',
  ];
  return `{${parts.filter(Boolean).join(',')}}`;
}
