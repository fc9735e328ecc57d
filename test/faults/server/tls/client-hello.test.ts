// What a connection begins with: real ClientHellos, whole and in pieces, and what is none.
import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';
import {type ConnectionOptions, connect} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {readBeginning} from '../../../../src/faults/server/tls/client-hello.ts';

/** The bytes with which Node's own client begins. */
const helloOf = async (t: ExecutionContext, options: ConnectionOptions): Promise<Buffer> => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const client = connect({host: '127.0.0.1', port, ...options});
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk);
    if (readBeginning(Buffer.concat(chunks)).kind !== 'more') break;
  }
  client.destroy();
  return Buffer.concat(chunks);
};

/** The same message in records of a few bytes each, as a client may send it. */
const inSmallRecords = (hello: Buffer, recordBytes: number): Buffer => {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytes) {
    const part = message.subarray(at, at + recordBytes);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
};

const offers = {servername: 'things.example', ALPNProtocols: ['h2', 'http/1.1']};
const wanted = {
  kind: 'hello',
  hello: {serverName: 'things.example', protocols: ['h2', 'http/1.1']},
} as const;

test('a hello tells its host and its protocols', async t => {
  t.deepEqual(readBeginning(await helloOf(t, offers)), wanted);
  t.deepEqual(readBeginning(await helloOf(t, {...offers, maxVersion: 'TLSv1.2'})), wanted);
});

test('a protocol that no one could name is not among those that are offered', async t => {
  const ALPNProtocols = ['êê', 'ú'.repeat(100), ...offers.ALPNProtocols];
  t.deepEqual(readBeginning(await helloOf(t, {...offers, ALPNProtocols})), wanted);
});

test('for an IP address no host is told', async t => {
  t.deepEqual(readBeginning(await helloOf(t, {})), {
    kind: 'hello',
    hello: {serverName: null, protocols: []},
  });
});

test('every piece of a hello may be its beginning, and small records are put together', async t => {
  const hello = await helloOf(t, offers);
  for (const bytes of [hello, inSmallRecords(hello, 3), inSmallRecords(hello, 100)]) {
    for (let end = 0; end < bytes.length; end++) t.is(readBeginning(bytes.subarray(0, end)).kind, 'more');
    t.deepEqual(readBeginning(bytes), wanted);
    t.deepEqual(readBeginning(Buffer.concat([bytes, Buffer.from('early data')])), wanted);
  }
});

const others: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n')],
  ['one byte of something', Buffer.from('G')],
  ['another kind of record', Buffer.from([23, 3, 3, 0, 5, 1, 0, 0, 1, 0])],
  ['another version', Buffer.from([22, 2, 0])],
  ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
  ['a record that is too long', Buffer.from([22, 3, 1, 0x50, 0])],
  ['another message of a handshake', Buffer.from([22, 3, 1, 0, 5, 2])],
  ['a message that is too long', Buffer.from([22, 3, 1, 1, 0, 1, 9, 0, 0])],
];

for (const [what, bytes] of others) {
  test(`${what} is no hello`, t => {
    t.is(readBeginning(bytes).kind, 'other');
  });
}

test('a hello with broken lengths is one without a host', async t => {
  const hello = await helloOf(t, offers);
  hello.writeUInt8(255, 5 + 4 + 34);
  t.deepEqual(readBeginning(hello), {kind: 'hello', hello: {serverName: null, protocols: []}});
});
