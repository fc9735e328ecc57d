// What an HTTP fault says of connections on which it cannot act.
import {EventEmitter, once} from 'node:events';
import {connect as connectHttp2, createServer as createHttp2Server} from 'node:http2';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {parseFirstValue} from '../../../src/faults/server/go-json.ts';
import {HttpRules} from '../../../src/faults/server/http/rules.ts';
import {headersFrames, preface, settingsFrame, windowFrame} from '../../../src/faults/server/http2/frames.ts';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import {type Intercepted, Interceptors} from '../../../src/faults/server/interceptors.ts';
import {ReplyRules} from '../../../src/faults/server/protocols/rules.ts';
import type {Receiver} from '../../../src/faults/server/stage.ts';
import {Certificates} from '../../../src/faults/server/tls/certificates.ts';
import {TlsRules} from '../../../src/faults/server/tls/rules.ts';
import {createToxic, type Toxic} from '../../../src/faults/server/toxic.ts';
import {Witness} from '../../../src/faults/server/witness.ts';
import {HttpScene, received, requestText} from '../../helpers/http-scene.ts';
import {hitsOf} from '../../helpers/proxy-faults.ts';
import {Scene} from '../../helpers/proxy-scene.ts';
import {echo, type Peer} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

/** A record of TLS as it is after the handshake. */
const sealed = Buffer.from([23, 3, 3, 0, 4, 1, 2, 3, 4]);

type Row = {
  readonly says: string;
  /** What is said before the fault, and after it. */
  readonly before?: string;
  readonly after: string | Buffer;
  readonly serve?: (peer: Peer) => void;
};

const greet = (peer: Peer): void => {
  peer.socket.write('220 ready\r\n');
  echo(peer);
};

const rows: readonly Row[] = [
  {says: 'something that is not HTTP', after: 'PING\r\n'},
  {says: 'a protocol in which the server speaks first', after: 'EHLO x\r\n', serve: greet},
  {says: 'something that began before the fault and is not HTTP/1', before: 'PING\r\n', after: 'PING\r\n'},
  {says: 'TLS that began before the fault', before: 'PING\r\n', after: sealed},
  {says: 'HTTP/2 that could not be followed', after: preface, serve: greet},
  // What could be a beginning is held for a moment only.
  {says: 'TLS that began but did not continue', after: Buffer.from([22, 3, 1])},
  {says: 'HTTP/2 that began but did not continue', after: preface.subarray(0, 10)},
  {says: 'HTTP/1 that began but did not continue', after: 'GET / HTTP/1.1\r\nHost: x\r\nA'},
  {says: 'HTTP/1 with headers of more than 64 KiB', after: `GET / HTTP/1.1\r\nA: ${'x'.repeat(70_000)}`},
];

for (const {says, before, after, serve = echo} of rows) {
  test(`${says}: it passes, and the fault says so, once a connection`, async t => {
    const scene = await Scene.open(injector.url, serve);
    t.teardown(() => scene.close());
    const early = before === undefined ? null : await scene.connect();
    early?.socket.write(before ?? '');
    await early?.bytes(before?.length ?? 0);
    await scene.add({type: 'http_status', name: 'f'});
    const client = early ?? (await scene.connect());
    const greeting = serve === greet ? 11 : 0;
    await client.bytes(greeting);
    for (let count = 1; count <= 2; count++) {
      client.socket.write(after);
      await client.bytes(greeting + (before?.length ?? 0) + count * after.length);
    }
    t.like(await hitsOf(scene, 'f'), {actions: 0, decisions: 0, missed: {[says]: 1}});
  });
}

test('HTTP/2 is followed also where the target opens its window before the client speaks', async t => {
  const said = Buffer.concat([settingsFrame(new Map([[3, 100]])), windowFrame(0, 1000)]);
  const scene = await Scene.open(injector.url, ({socket}) => socket.write(said));
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', name: 'f'});
  const client = await scene.connect();
  await client.bytes(said.length);
  const asked = headersFrames({
    stream: 1,
    fields: [
      [':method', 'GET'],
      [':path', '/'],
    ],
    isLast: true,
    frameBytes: 16_384,
    emptiesTable: false,
  });
  client.socket.write(Buffer.concat([preface, settingsFrame(new Map()), asked]));
  await until(async () => (await hitsOf(scene, 'f')).actions === 1, 10_000, 'a hit');
  t.is((await hitsOf(scene, 'f')).missed, undefined);
});

const ways: readonly (readonly [type: string | null, isFollowed: boolean])[] = [
  [null, false],
  ['latency', false],
  ['corrupt', false],
  ['limit_connections', false],
  ['http_status', true],
  ['http2_pings', true],
  ['tls_close', true],
];

for (const [type, isFollowed] of ways) {
  test(`${type ?? 'no fault'}: ${isFollowed ? 'what is said is read' : 'nothing is put in the way of the bytes'}`, t => {
    const toxics: Toxic[] = [];
    const toxicsOf = (): readonly Toxic[] => toxics;
    const witness = new Witness();
    const host = {seedParts: [1], toxicsOf, witness};
    const pipe = (): {exit: Receiver | null; entry: Receiver | null; receivedBytes: number} => ({
      exit: null,
      entry: null,
      receivedBytes: 0,
    });
    const [up, down] = [pipe(), pipe()];
    const client = new EventEmitter();
    const interceptors = new Interceptors(
      {
        http: new HttpRules([1], toxicsOf, witness),
        tls: new TlsRules({...host, certificates: new Certificates()}),
        replies: new ReplyRules({...host, record: () => {}}),
        interception: () => null,
      },
      () => ({connection: 1, client, up, down}) as unknown as Intercepted,
    );
    const attributes = type === 'corrupt' ? {offset: 1} : {};
    if (type !== null)
      toxics.push(createToxic(parseFirstValue(Buffer.from(JSON.stringify({type, attributes}))), () => {}));
    interceptors.start();
    for (const toxic of toxics) interceptors.begin(toxic);
    t.is(up.exit !== null, isFollowed);
    t.is(down.entry !== null, isFollowed);
  });
}

test('a head that was broken off reaches the target, and a later fault takes the next request', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http_status', name: 'early'});
  const client = await scene.connect();
  const head = requestText('GET', '/slow');
  client.socket.write(head.slice(0, -2));
  const reason = 'HTTP/1 that began but did not continue';
  const isMissed = async () => (await scene.witness()).faults['early']?.missed?.[reason] === 1;
  await until(isMissed, 10_000, 'the reason');
  client.socket.write(head.slice(-2));
  await received(client, /^HTTP\/1\.1 200 OK.*x{1000}$/s);
  await scene.add({type: 'http_status', name: 'late', attributes: {status: 502}});
  client.socket.write(requestText('GET', '/next'));
  await received(client, /x{1000}HTTP\/1\.1 503 .*\r\n\r\n$/s);
  t.deepEqual(
    scene.ledger.map(({path}) => path),
    ['/slow'],
  );
  t.is((await scene.witness()).faults['late']?.missed, undefined);
});

test('a fault of HTTP/2 on HTTP/1 says so; one of both is not asked', async t => {
  const scene = await HttpScene.open(injector.url);
  t.teardown(() => scene.close());
  await scene.add({type: 'http2_goaway', name: 'g'});
  await scene.add({type: 'http2_pings', name: 'p'});
  await scene.add({type: 'http_drop_keep_alive', name: 'd', attributes: {path: '/none'}});
  const client = await scene.connect();
  client.socket.write(requestText('GET', '/') + requestText('GET', '/'));
  await received(client, /x{1000}HTTP.*x{1000}$/s);
  const {faults} = await scene.witness();
  t.deepEqual(faults['g']?.missed, {'HTTP/1': 1});
  t.deepEqual(faults['p']?.missed, {'HTTP/1': 1});
  t.is(faults['d']?.missed, undefined);
});

test('HTTP/2 is followed from its beginning only, which interception sees to until it is ended', async t => {
  const server = createHttp2Server((_request, response) => response.end('x'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const body = {name: 'late', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
  const proxy = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  t.teardown(() => api(injector.url, 'DELETE', '/proxies/late'));
  const sessionOf = () => {
    const session = connectHttp2(`http://${proxy.listen}`);
    t.teardown(() => session.destroy());
    return session;
  };
  const ask = async (session: ReturnType<typeof sessionOf>): Promise<unknown> => {
    const stream = session.request({':path': '/'});
    const [headers] = await once(stream, 'response');
    stream.resume();
    await once(stream, 'end');
    return headers[':status'];
  };
  const interception = '/foulweather/proxies/late/interception';
  await api(injector.url, 'POST', interception);
  const followed = sessionOf();
  t.is(await ask(followed), 200);
  await api(injector.url, 'DELETE', interception);
  const missed = sessionOf();
  t.is(await ask(missed), 200);
  await api(injector.url, 'POST', '/proxies/late/toxics', {type: 'http_status', name: 'f'});
  t.is(await ask(followed), 503);
  t.is(await ask(missed), 200);
  t.is(await ask(sessionOf()), 503);
  const witness = () => hitsOf({url: injector.url, name: 'late'}, 'f');
  await until(async () => (await witness()).missed !== undefined, 10_000, 'the reason');
  t.like(await witness(), {
    actions: 2,
    missed: {'something that began before the fault and is not HTTP/1': 1},
  });
});
