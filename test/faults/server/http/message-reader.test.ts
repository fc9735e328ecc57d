// The framing parser: every message gives the same parts however its bytes are cut, and what is no HTTP is told apart.

import test from 'ava';
import {
  canBeRequest,
  canBeResponse,
  type Framing,
  parseRequestHead,
  parseResponseHead,
} from '../../../../src/faults/server/http/head.ts';
import {MessageReader} from '../../../../src/faults/server/http/message-reader.ts';

type Kind = 'request' | 'response';

/** Reads a text in pieces; returns heads, contents and framing, each joined, and a bar where a message ends. */
function read(kind: Kind, pieces: readonly string[], {method = 'GET', tellsFraming = true} = {}): string {
  const reader = new MessageReader<{readonly framing: Framing; readonly raw: Buffer}>({
    canBegin: kind === 'request' ? canBeRequest : canBeResponse,
    parse: kind === 'request' ? parseRequestHead : raw => parseResponseHead(raw, method),
    takesFiller: kind === 'request',
  });
  reader.tellsFraming = tellsFraming;
  let told = '';
  let last = '';
  const tell = (what: string, text: string) => {
    told += what === last ? text : `${what}:${text}`;
    last = what;
  };
  for (const piece of pieces) {
    const data = Buffer.from(piece, 'latin1');
    for (let at = 0; at < data.length; ) {
      const part = reader.next(data, at);
      at = part.end;
      if (part.kind === 'wrong') return `${told}<wrong>`;
      if (part.kind === 'more') continue;
      if (part.kind === 'head') tell('<head>', String(part.head.raw.length));
      else if (part.kind === 'filler') tell('<filler>', part.data.toString('latin1'));
      else tell(`<${part.piece.kind}>`, part.piece.data.toString('latin1'));
      if (part.kind !== 'filler' && reader.isBetween) tell('<end>', '');
    }
  }
  return told;
}

const messages: Readonly<
  Record<string, readonly [kind: Kind, text: string, parts: string, method?: string]>
> = {
  'a request without a body': ['request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '<head>:27<end>:'],
  'a length': ['request', 'PUT /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc', '<head>:38<content>:abc<end>:'],
  'a length of 0': ['request', 'PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n', '<head>:37<end>:'],
  'equal lengths': [
    'request',
    'PUT / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na',
    '<head>:40<content>:a<end>:',
  ],
  'empty lines before': ['request', '\r\n\r\nGET / HTTP/1.1\r\n\r\n', '<filler>:\r\n\r\n<head>:18<end>:'],
  pipelining: [
    'request',
    'PUT / HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET / HTTP/1.1\r\n\r\n',
    '<head>:37<content>:a<end>:<head>:18<end>:',
  ],
  chunks: [
    'request',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
    '<head>:46<framing>:3\r\n<content>:abc<framing>:\r\nA;x=y\r\n<content>:0123456789<framing>:\r\n0\r\n\r\n<end>:',
  ],
  trailers: [
    'response',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n0\r\nX: y\r\nZ: \r\n\r\n',
    '<head>:53<framing>:0\r\nX: y\r\nZ: \r\n\r\n<end>:',
  ],
  'until close': ['response', 'HTTP/1.0 200 \r\n\r\nabc', '<head>:17<content>:abc'],
  'no reason phrase': [
    'response',
    'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na',
    '<head>:35<content>:a<end>:',
  ],
  'an answer to HEAD': [
    'response',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
    '<head>:38<end>:',
    'HEAD',
  ],
  'no content': ['response', 'HTTP/1.1 204 No Content\r\n\r\n', '<head>:27<end>:'],
  'not modified': ['response', 'HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n', '<head>:37<end>:'],
  'continue and then': [
    'response',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
    '<head>:25<end>:<head>:43<content>:ok<end>:',
  ],
};

for (const [title, [kind, text, parts, method]] of Object.entries(messages)) {
  test(`${title}: the same parts wherever it is cut`, t => {
    const options = method === undefined ? {} : {method};
    t.is(read(kind, [text], options), parts);
    t.is(read(kind, [...text], options), parts);
    for (let cut = 1; cut < text.length; cut++) {
      t.is(read(kind, [text.slice(0, cut), text.slice(cut)], options), parts, `cut at ${cut}`);
    }
  });
}

test('framing and content come as one where nobody asks', t => {
  const text =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\nHTTP/1.1 204 x\r\n\r\n';
  const parts = read('response', [text], {tellsFraming: false});
  t.regex(parts, /^<head>:47<\w+>:1\r\na\r\n1\r\nb\r\n0\r\n\r\n<end>:<head>:18<end>:$/);
});

const big = 'x'.repeat(70_000);
const malformed: Readonly<Record<string, readonly [Kind, string]>> = {
  'a TLS hello': ['request', '\x16\x03\x01'],
  'a Redis command': ['request', '*1\r\n'],
  'an inline command': ['request', 'PING\r\n'],
  'lower case': ['request', 'get / HTTP/1.1\r\n\r\n'],
  'HTTP/2': ['request', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'a bare line feed': ['request', 'GET / HTTP/1.1\n\n'],
  'two spaces': ['request', 'GET  / HTTP/1.1\r\n\r\n'],
  'a folded field': ['request', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n'],
  'a space before the colon': ['request', 'GET / HTTP/1.1\r\nA : b\r\n\r\n'],
  'a zero byte': ['request', 'GET / HTTP/1.1\r\nA: \0\r\n\r\n'],
  'two lengths': ['request', 'PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  'a length and chunks': [
    'request',
    'PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  'a signed length': ['request', 'PUT / HTTP/1.1\r\nContent-Length: +1\r\n\r\n'],
  'a coding that is not chunked': ['request', 'PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n'],
  'a head without end': ['request', `GET / HTTP/1.1\r\nA: ${big}`],
  'a chunk size that is none': ['request', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
  'a chunk that is longer': ['request', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
  'a chunk extension without end': [
    'request',
    `PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;${big}`,
  ],
  'a greeting': ['response', '220 mail.example.com\r\n'],
  'a status that is none': ['response', 'HTTP/1.1 99 x\r\n\r\n'],
};

for (const [title, [kind, text]] of Object.entries(malformed)) {
  test(`${title} is no HTTP/1.1`, t => {
    t.regex(read(kind, [text]), /<wrong>$/);
    if (text.length < 1000) t.regex(read(kind, [...text]), /<wrong>$/);
  });
}
