// What follows HTTP/1, and what finds out what a connection carries, fuzzed.

import {Beginning} from '../../../src/faults/server/beginning.ts';
import {largestHeadBytes} from '../../../src/faults/server/http/head-reader.ts';
import {HttpInterceptor} from '../../../src/faults/server/http/interceptor.ts';
import {preface} from '../../../src/faults/server/http2/frames.ts';
import type {Random} from '../../../src/faults/server/random.ts';
import {idleSocket, type Party, type Said} from '../followed-connection.ts';
import {below, chunked, damaged, endless, largestChunk, noise, noiseOf, pick} from './bytes.ts';
import type {FuzzInput, FuzzPart} from './part.ts';
import {PipedConnection, sayAll} from './piped-connection.ts';
import {httpToxics, rulesOf} from './toxics.ts';

const from = (party: Party, text: string): Said => [party, Buffer.from(text, 'latin1')];
const client = (head: string, body = ''): Said =>
  from('client', `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`);
const server = (head: string, body = ''): Said =>
  from('server', `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`);

const long = 'x'.repeat(20_000);

const exchanges: readonly (readonly Said[])[] = [
  [
    client('GET /things/1?x=2 HTTP/1.1\nHost: things.example\nx-operation-id: op-1'),
    server('HTTP/1.1 200 OK\nContent-Length: 5', 'hello'),
  ],
  [client('HEAD / HTTP/1.1\nHost: x'), server('HTTP/1.1 200 OK\nContent-Length: 500')],
  [
    client('PUT /things/2 HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 5'),
    server('HTTP/1.1 100 Continue'),
    from('client', 'hello'),
    server('HTTP/1.1 201 Created\nContent-Length: 0'),
  ],
  [
    client(
      'POST /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked',
      '5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
    ),
    server('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '1\r\na\r\n0\r\nTrailer: y\r\n\r\n'),
  ],
  [from('client', '\r\nDELETE /b HTTP/1.1\r\nHost: x\r\n\r\n'), server('HTTP/1.1 204 No Content')],
  [client('GET /c HTTP/1.1\nIf-None-Match: "x"'), server('HTTP/1.1 304 Not Modified\nContent-Length: 9')],
  // One is sent ahead.
  [
    client('GET /d HTTP/1.1', 'GET /e HTTP/1.1\r\n\r\n'),
    server('HTTP/1.1 200 OK\nContent-Length: 1', 'd'),
    server('HTTP/1.1 404 Not Found\nContent-Length: 1', 'e'),
  ],
  [
    client(`PUT /f HTTP/1.0\nConnection: keep-alive\nContent-Length: ${long.length}`, long),
    server(`HTTP/1.0 200 OK\nContent-Length: ${long.length}`, long),
  ],
];

/** After these a connection ends, or is no HTTP any more. */
const lastExchanges: readonly (readonly Said[])[] = [
  [client('GET /g HTTP/1.0'), server('HTTP/1.0 200 OK', 'until the end'), from('server', 'and on')],
  [
    client('CONNECT x:1 HTTP/1.1'),
    server('HTTP/1.1 200 OK'),
    from('client', 'any\0thing'),
    from('server', '\x01'),
  ],
  [
    client('GET /h HTTP/1.1\nUpgrade: websocket\nConnection: Upgrade'),
    server('HTTP/1.1 101 Switching Protocols\nUpgrade: websocket', '\0\0\0'),
    from('client', '\x81\x85'),
  ],
  [client('GET /i HTTP/1.1\nConnection: close'), server('HTTP/1.1 200 OK\nConnection: close', 'bye')],
  [from('server', '220 mail.example\r\n'), from('client', 'EHLO me\r\n')],
];

const make = (random: Random): FuzzInput => {
  const kind = random();
  const faultSeed = random() < 0.25 ? below(random, 2 ** 31) : null;
  const whole = Array.from({length: below(random, 5)}, () => pick(random, exchanges)).flat();
  if (kind < 0.35) return {said: chunked(whole, random), isValid: true, faultSeed};
  const said = random() < 0.3 ? [...whole, ...pick(random, lastExchanges)] : whole;
  if (kind < 0.45) return {said: chunked(said, random), isValid: false, faultSeed};
  if (kind < 0.85) return {said: chunked(damaged(said, random), random), isValid: false, faultSeed};
  if (kind < 0.9995) return {said: chunked([...said, ...noiseOf(random)], random), isValid: false, faultSeed};
  const begun = from('client', random() < 0.5 ? 'GET / HTTP/1.1\r\nX: ' : 'GET / HTTP/1.1\r\n\r\n');
  const party = random() < 0.5 ? 'client' : 'server';
  return {said: [...said, begun, ...endless(party, noise(random, 8), 512 * 1024)], isValid: false, faultSeed};
};

export const http1: FuzzPart = {
  name: 'http1',
  takesFaults: true,
  isDamaged: true,
  make,
  attempt(input) {
    const toxics = input.faultSeed === null ? [] : httpToxics;
    const connection = new PipedConnection(rulesOf(toxics, input.faultSeed ?? 0));
    new HttpInterceptor(connection.host, 'new');
    return sayAll({connection, mostHeld: largestHeadBytes + largestChunk(input.said), input});
  },
};

/** As Node's own client begins. */
const hello = Buffer.concat([
  Buffer.from([22, 3, 1, 0, 66, 1, 0, 0, 62, 3, 3]),
  Buffer.alloc(32, 7),
  Buffer.from([0, 0, 2, 0x13, 1, 1, 0, 0, 19]),
  Buffer.from([0, 0, 0, 15, 0, 13, 0, 0, 10]),
  Buffer.from('is.example', 'latin1'),
]);

const beginnings: readonly (readonly Said[])[] = [
  [['client', preface], from('server', '\0\0\0\x04\0\0\0\0\0')],
  [['client', hello]],
  [from('server', '\0\0\0\x04\0\0\0\0\0'), ['client', preface]],
  [client('POST / HTTP/1.1\nHost: x')],
  [client('PRI * HTTP/1.1')],
  [from('server', '220 mail.example\r\n'), from('client', 'EHLO me\r\n')],
  [from('client', '*1\r\n$4\r\nPING\r\n')],
];

/** A hello has at most 64 KiB, in records of a byte each at worst. */
const mostBeginning = 6 * 64 * 1024;

export const beginning: FuzzPart = {
  name: 'beginning',
  takesFaults: false,
  isDamaged: true,
  make(random) {
    const said = pick(random, beginnings);
    const kind = random();
    if (kind < 0.25) return {said: chunked(said, random), isValid: true, faultSeed: null};
    const wrong =
      kind < 0.7 ? damaged(said, random) : kind < 0.85 ? noiseOf(random) : [...said, ...noiseOf(random)];
    if (kind < 0.9995) return {said: chunked(wrong, random), isValid: false, faultSeed: null};
    return {
      said: [...said, ...endless('client', noise(random, 8), 512 * 1024)],
      isValid: false,
      faultSeed: null,
    };
  },
  attempt(input) {
    const connection = new PipedConnection(rulesOf([], 0));
    const {host, up, down} = connection;
    let known = 0;
    const knows = (): void => {
      known++;
    };
    new Beginning({
      client: idleSocket(),
      up,
      down,
      mayBeTls: true,
      mayBeHttp2: () => true,
      // Not taken: it is something else.
      hello: () => false,
      http2: knows,
      other: knows,
      unfinished: knows,
      contain: act => {
        try {
          act();
        } catch (error) {
          host.failed(error, null);
        }
      },
    }).start();
    const outcome = sayAll({connection, mostHeld: mostBeginning + largestChunk(input.said), input});
    const isWrong = known > 1 || (known === 0 && input.isValid);
    return {
      ...outcome,
      failure: outcome.failure ?? (isWrong ? `what it is was known ${known} times` : null),
      isFollowed: known > 0,
    };
  },
};
