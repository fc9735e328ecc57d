// TLS faults as undici and Node's TLS see them, over a real HTTPS server.
import {once} from 'node:events';
import {createServer} from 'node:net';
import test from 'ava';
import {hitsOf, recordsOf, untilWitness, witnessOf} from '../../../helpers/proxy-faults.ts';
import type {Toxic} from '../../../helpers/proxy-scene.ts';
import {connectTo, echo, startUpstream} from '../../../helpers/proxy-sockets.ts';
import {TlsScene, tlsScenes} from '../../../helpers/tls-scene.ts';

const withScene = tlsScenes();

type Row = {readonly toxic: Pick<Toxic, 'type' | 'attributes'>; readonly sees: string};

const rows: readonly Row[] = [
  {toxic: {type: 'tls_close'}, sees: 'ECONNRESET'},
  {toxic: {type: 'tls_close', attributes: {reset: true}}, sees: 'ECONNRESET'},
  {toxic: {type: 'tls_alert'}, sees: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'},
  {toxic: {type: 'tls_alert', attributes: {alert: 80}}, sees: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'},
  {toxic: {type: 'tls_alert', attributes: {alert: 112}}, sees: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'},
  {toxic: {type: 'tls_certificate'}, sees: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'},
  {
    toxic: {type: 'tls_certificate', attributes: {problem: 'self-signed'}},
    sees: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  {toxic: {type: 'tls_certificate', attributes: {problem: 'expired'}}, sees: 'CERT_HAS_EXPIRED'},
  {
    toxic: {type: 'tls_certificate', attributes: {problem: 'wrong-host'}},
    sees: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
];

for (const {toxic, sees} of rows) {
  test(
    `${toxic.type} ${JSON.stringify(toxic.attributes ?? {})} is ${sees} for undici`,
    withScene,
    async (t, scene) => {
      t.is(await scene.ask(), 'hello');
      await scene.add({...toxic, name: 'f'});
      t.is(await scene.ask(), sees);
      t.like(await hitsOf(scene, 'f'), {decisions: 1, applied: 1, connectionsHit: 1, actions: 1});
      t.deepEqual(
        (await recordsOf(scene)).map(({hits}) => hits),
        [[], ['f']],
      );
      t.is(scene.answered, 1);
      await scene.remove('f');
      t.is(await scene.ask(), 'hello');
      await untilWitness(scene, ({openConnections}) => openConnections === 0);
    },
  );
}

for (const problem of ['untrusted', 'self-signed', 'expired', 'wrong-host']) {
  test(`a client that does not verify gets through: ${problem}`, withScene, async (t, scene) => {
    await scene.add({type: 'tls_certificate', name: 'f', attributes: {problem}});
    t.is(await scene.ask({verifies: false}), 'hello');
    t.is(scene.answered, 1);
    t.like(await hitsOf(scene, 'f'), {applied: 1, connectionsHit: 1});
    await untilWitness(scene, ({openConnections}) => openConnections === 0);
  });
}

test('the certificate is for the host that the client asks for', withScene, async (t, scene) => {
  await scene.add({type: 'tls_certificate', attributes: {problem: 'expired'}});
  const client = await scene.handshake({verifies: false, servername: 'things.example'});
  t.is(client.getPeerCertificate().subjectaltname, 'DNS:things.example');
  t.is((client.authorizationError as unknown as string) ?? '', 'CERT_HAS_EXPIRED');
  const other = await scene.handshake({verifies: false});
  t.is(other.getPeerCertificate().subjectaltname, 'IP Address:127.0.0.1');
});

for (const how of ['end', 'resetAndDestroy'] as const) {
  test(`a client that goes before the upstream has answered is let go: ${how}`, withScene, async (t, tls) => {
    const upstream = await startUpstream();
    t.teardown(() => upstream.close());
    const scene = await TlsScene.before(t, tls.url, upstream.address, []);
    await scene.add({type: 'tls_certificate', name: 'f'});
    const client = await connectTo(scene.address);
    client.socket.write(Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]));
    // The injector's own hello: the certificate is being made, or is there.
    await (await upstream.peer(0)).bytes(1);
    client.socket[how]();
    await untilWitness(scene, ({openConnections}) => openConnections === 0);
    await (await upstream.peer(0)).ended();
    t.like(await hitsOf(scene, 'f'), {applied: 1, connectionsHit: 1});
  });
}

test(
  'a client that resets after the certificate takes its connection to the upstream along',
  withScene,
  async (t, tls) => {
    const upstream = await startUpstream(echo);
    t.teardown(() => upstream.close());
    const scene = await TlsScene.before(t, tls.url, upstream.address, []);
    await scene.add({type: 'tls_certificate', name: 'f'});
    const client = await connectTo(scene.address, {allowHalfOpen: true});
    client.socket.write(Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]));
    // The alert that answers such a hello.
    await client.bytes(7);
    client.socket.resetAndDestroy();
    await untilWitness(scene, ({openConnections}) => openConnections === 0);
    await (await upstream.peer(0)).ended();
    t.like(await hitsOf(scene, 'f'), {applied: 1, connectionsHit: 1});
  },
);

test('server_name and nth choose the handshakes', withScene, async (t, scene) => {
  const attributes = {server_name: '*.Example'};
  await scene.add({type: 'tls_close', name: 'f', attributes, nth: 2});
  const ask = (servername?: string) =>
    scene.ask({verifies: false, ...(servername !== undefined && {servername})});
  t.is(await ask('things.example'), 'hello');
  // An address is never named.
  t.is(await ask(), 'hello');
  t.is(await ask('things.example.com'), 'hello');
  t.is(await ask('OTHER.example'), 'ECONNRESET');
  t.is(await ask('things.example'), 'hello');
  t.is(await ask('a.b.example'), 'ECONNRESET');
  const hits = await hitsOf(scene, 'f');
  t.like(hits, {decisions: 2, applied: 2});
  t.is(hits.missed, undefined, 'what is not taken is TLS all the same');
});

test('a long server_name is refused', withScene, async (t, scene) => {
  const attributes = {server_name: 'a'.repeat(257)};
  const error = await t.throwsAsync(scene.add({type: 'tls_close', attributes}));
  t.regex(String(error?.message), /server_name must have at most 256 characters/);
});

test('the upstream chooses the protocol', withScene, async (t, scene) => {
  await scene.add({type: 'tls_certificate', attributes: {problem: 'expired'}});
  const both = await scene.handshake({verifies: false, protocols: ['h2', 'http/1.1']});
  t.is(both.alpnProtocol, 'http/1.1');
  t.is((await scene.handshake({verifies: false})).alpnProtocol, false);
});

test('live connections go on, and new ones are hit', withScene, async (t, scene) => {
  const live = await scene.handshake();
  await scene.add({type: 'tls_close', name: 'f'});
  t.is(await scene.ask(), 'ECONNRESET');
  live.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = await once(live, 'data');
  t.regex(String(answer), /^HTTP\/1.1 200/);
  t.like(await hitsOf(scene, 'f'), {decisions: 1, connectionsHit: 1});
});

test('a live connection that has not said hello yet is hit', withScene, async (t, scene) => {
  const early = await connectTo(scene.address);
  t.teardown(() => early.socket.destroy());
  await untilWitness(scene, ({openConnections}) => openConnections === 1);
  await scene.add({type: 'tls_alert', name: 'f'});
  // A hello without anything in it.
  early.socket.write(Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]));
  await early.ended();
  t.deepEqual([...early.received], [21, 3, 3, 0, 2, 2, 40]);
  t.like(await hitsOf(scene, 'f'), {decisions: 1, connectionsHit: 1});
  t.is((await recordsOf(scene))[0]?.end, 'closed-by-fault');
});

test('firstN, hit limit, start and duration hold for handshakes', withScene, async (t, scene) => {
  await scene.add({type: 'tls_close', name: 'first', first_n: 1});
  t.is(await scene.ask(), 'ECONNRESET');
  t.is(await scene.ask(), 'hello');
  await scene.remove('first');
  await scene.add({type: 'tls_close', name: 'limit', hit_limit: 2});
  t.deepEqual(
    [await scene.ask(), await scene.ask(), await scene.ask()],
    ['ECONNRESET', 'ECONNRESET', 'hello'],
  );
  await scene.remove('limit');
  await scene.add({type: 'tls_close', name: 'late', start_after: 100_000});
  t.is(await scene.ask(), 'hello');
  await scene.remove('late');
  await scene.add({type: 'tls_close', name: 'short', duration: 1});
  while ((await scene.ask()) !== 'hello');
  t.pass();
});

test('with a probability some handshakes fail, by the dice', withScene, async (t, scene) => {
  await scene.add({type: 'tls_close', name: 'f', toxicity: 0.5});
  const seen: string[] = [];
  for (let count = 0; count < 30; count++) seen.push(await scene.ask());
  const {decisions, applied} = await hitsOf(scene, 'f');
  t.is(decisions, 30);
  t.is(seen.filter(each => each === 'ECONNRESET').length, applied);
  t.true(applied > 3 && applied < 27, `${applied}`);
});

test('what does not begin with a ClientHello passes, and counts no hit', withScene, async (t, tls) => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const scene = await TlsScene.before(t, tls.url, upstream.address, []);
  await scene.add({type: 'tls_close', name: 'f'});
  const client = await connectTo(scene.address);
  // Its first bytes could be the beginning of a hello.
  client.socket.write(Buffer.from([22, 3]));
  client.socket.write('nothing of the kind');
  await client.bytes(21);
  t.is(client.received.subarray(2).toString(), 'nothing of the kind');
  client.socket.destroy();
  const missed = {'something that does not begin with TLS': 1};
  t.like(await hitsOf(scene, 'f'), {decisions: 0, connectionsHit: 0, missed});
});

test(
  'a target that cannot be reached: the client is closed before any fault acts',
  withScene,
  async (t, tls) => {
    const upstream = await startUpstream();
    await upstream.close();
    const scene = await TlsScene.before(t, tls.url, upstream.address, []);
    await scene.add({type: 'tls_alert', name: 'f'});
    t.is(await scene.ask(), 'ECONNRESET');
    t.like(await witnessOf(scene), {failedDials: 1, faults: {f: {decisions: 0, actions: 0}}});
  },
);

test('an HTTP fault beside a TLS fault still sees plain HTTP', withScene, async (t, tls) => {
  const upstream = await startUpstream(echo);
  t.teardown(() => upstream.close());
  const scene = await TlsScene.before(t, tls.url, upstream.address, []);
  await scene.add({type: 'tls_close', name: 'f'});
  await scene.add({type: 'http_status', name: 'h', attributes: {status: 418}});
  t.is((await fetch(`http://${scene.address}/`)).status, 418);
});

test(
  'a client sees the wrong certificate also before a server that speaks no TLS',
  withScene,
  async (t, tls) => {
    const server = createServer(socket => socket.once('data', () => socket.end('what?\r\n')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const {port} = server.address() as {port: number};
    const scene = await TlsScene.before(t, tls.url, `127.0.0.1:${port}`, []);
    await scene.add({type: 'tls_certificate', name: 'f'});
    await t.throwsAsync(scene.handshake(), {code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'});
  },
);
