// The shape of conversations: who said how much, and when; for TLS by records, for HTTP by requests.
import {once} from 'node:events';
import {createServer} from 'node:http';
import {type AddressInfo, connect as connectPlain} from 'node:net';
import {connect as connectTls, createServer as createTlsServer, type SecureVersion} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {Agent, request} from 'undici';
import {Authority, validNow} from '../../../src/certificates/authority.ts';
import {Exchanges} from '../../../src/faults/server/exchanges.ts';
import {Recording} from '../../../src/faults/server/recording.ts';
import {Witness} from '../../../src/faults/server/witness.ts';
import type {Conversation, ExchangeShape, ProxyRecording} from '../../../src/model/proxy-witness.ts';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, untilWitness} from '../../helpers/proxy-faults.ts';
import type {Scene} from '../../helpers/proxy-scene.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

const pathOf = ({name}: Pick<Scene, 'name'>): string => `/foulweather/proxies/${name}/recording`;
const start = (scene: Scene): Promise<ProxyRecording> => api(scene.url, 'POST', pathOf(scene));
const stop = (scene: Scene): Promise<void> => api(scene.url, 'DELETE', pathOf(scene));
const read = (scene: Scene): Promise<ProxyRecording> => api(scene.url, 'GET', pathOf(scene));

/** The only conversation, once it is over: what the injector reads last is what a client sees first. */
const conversationOf = async (scene: Scene): Promise<Conversation> => {
  await untilWitness(scene, ({openConnections}) => openConnections === 0);
  const {conversations} = await read(scene);
  if (conversations.length !== 1) throw new Error(`${conversations.length} conversations`);
  return conversations[0]!;
};

const sizesOf = ({exchanges}: Conversation) =>
  exchanges.map(({exchange, direction, bytes}) => [exchange, direction, bytes]);

test(
  'exchanges have their direction, bytes, chunks and gap, and no contents',
  withScene,
  echo,
  async (t, scene) => {
    t.deepEqual(await start(scene), {isRunning: true, conversations: [], connectionsLeftOut: 0});
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await roundTrip(client, 'one');
    await roundTrip(client, 'more');
    client.socket.end();
    await client.closed;
    const conversation = await conversationOf(scene);
    t.like(conversation, {
      connection: 1,
      end: 'client-closed',
      isWhole: true,
      protocol: null,
      handshakeExchanges: 0,
      exchangesLeftOut: 0,
    });
    t.deepEqual(sizesOf(conversation), [
      [1, 'upstream', 4],
      [2, 'downstream', 4],
      [3, 'upstream', 3],
      [4, 'downstream', 3],
      [5, 'upstream', 4],
      [6, 'downstream', 4],
    ]);
    for (const {gapMs, chunks, messages, messagesLeftOut} of conversation.exchanges) {
      t.true(gapMs !== null && gapMs >= 0 && gapMs < 60_000);
      t.deepEqual({chunks, messages, messagesLeftOut}, {chunks: 1, messages: [], messagesLeftOut: 0});
    }
    t.notRegex(JSON.stringify(conversation), /ping|more/);
  },
);

test('a live connection is recorded from its next byte on', withScene, echo, async (t, scene) => {
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await start(scene);
  await roundTrip(client, 'pong!');
  client.socket.end();
  await client.closed;
  const conversation = await conversationOf(scene);
  t.false(conversation.isWhole);
  t.deepEqual(sizesOf(conversation), [
    [3, 'upstream', 5],
    [4, 'downstream', 5],
  ]);
  t.is(conversation.exchanges[0]!.gapMs, null);
});

test('a recording ends, is kept, and the next one begins anew', withScene, echo, async (t, scene) => {
  const none = await send(scene.url, {method: 'GET', path: pathOf(scene)});
  t.deepEqual([none.status, none.body], [404, '{"error":"recording not found","status":404}\n']);
  await stop(scene);
  await start(scene);
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await stop(scene);
  await roundTrip(client, 'ping');
  await roundTrip(await scene.connect(), 'ping');
  const {isRunning, conversations} = await read(scene);
  t.false(isRunning);
  t.deepEqual(
    conversations.map(({connection, exchanges}) => [connection, exchanges.length]),
    [[1, 2]],
  );
  t.like(await start(scene), {isRunning: true, conversations: []});
  await roundTrip(client, 'ping');
  t.deepEqual(
    (await read(scene)).conversations.map(({connection, exchanges}) => [connection, exchanges.length]),
    [[1, 2]],
  );
});

test('it is bounded, and tells what is left out', t => {
  const witness = new Witness();
  const recording = new Recording();
  const said = Buffer.from([22, 3, 1, 0, 1, 1]);
  for (let connection = 0; connection < 1010; connection++) {
    const recorder = recording.open(witness.opened(), new Exchanges())!;
    const isShown = connection === 999;
    for (let exchange = 1; exchange <= (isShown ? 205 : 1); exchange++)
      for (let chunk = 0; chunk < 22; chunk++)
        recorder.chunk(exchange, exchange % 2 === 1 ? 'upstream' : 'downstream', said, exchange);
  }
  const {conversations, connectionsLeftOut} = recording.report();
  t.is(conversations.length, 1000);
  t.is(connectionsLeftOut, 10);
  const {exchanges, exchangesLeftOut} = conversations.at(-1)!;
  t.deepEqual([exchanges.length, exchangesLeftOut], [200, 5]);
  t.like(exchanges.at(-1), {exchange: 200, bytes: 132, chunks: 22, messagesLeftOut: 2});
});

const plainMessages = ({messages}: ExchangeShape): string[] =>
  messages.map(message => (message.kind === 'tls-record' ? message.content : message.kind));

/** An HTTPS-like server that answers one question, and says hello first where it should. */
const tlsConversation = async (
  t: ExecutionContext,
  scene: Scene,
  version: SecureVersion,
): Promise<Conversation> => {
  const authority = await Authority.create('an authority');
  const certificate = await authority.issue({hosts: ['127.0.0.1'], ...validNow()});
  const server = createTlsServer({...certificate, minVersion: version, maxVersion: version}, socket => {
    socket.on('data', () => socket.write('answer'));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo;
  await scene.change({upstream: `127.0.0.1:${port}`});
  await start(scene);
  const [, proxyPort] = scene.address.split(':');
  const socket = connectTls({host: '127.0.0.1', port: Number(proxyPort), ca: authority.cert});
  await once(socket, 'secureConnect');
  // Or the question may come along with the end of the handshake.
  await until(async () => (await read(scene)).conversations[0]!.exchanges.length >= 4, 5000, 'the handshake');
  socket.write('question');
  await once(socket, 'data');
  socket.destroy();
  return conversationOf(scene);
};

test(
  'TLS 1.3: records are counted, and the handshake is told apart',
  withScene,
  undefined,
  async (t, scene) => {
    const conversation = await tlsConversation(t, scene, 'TLSv1.3');
    t.is(conversation.protocol, 'tls');
    t.is(conversation.handshakeExchanges, 3);
    const [hello, server, finished, tickets, question, answer] = conversation.exchanges;
    t.deepEqual(plainMessages(hello!), ['handshake']);
    t.deepEqual(plainMessages(server!).slice(0, 3), ['handshake', 'change-cipher-spec', 'application-data']);
    t.deepEqual(plainMessages(finished!), ['change-cipher-spec', 'application-data']);
    for (const shape of [tickets!, question!, answer!])
      t.deepEqual([...new Set(plainMessages(shape))], ['application-data']);
    t.is(question!.direction, 'upstream');
    // A record's head has 5 bytes; its contents are as long as they say.
    for (const {bytes, messages} of conversation.exchanges.slice(0, 6))
      t.is(
        messages.reduce((sum, message) => sum + 5 + ('bytes' in message ? message.bytes : 0), 0),
        bytes,
      );
  },
);

test('TLS 1.2: the handshake ends with the server', withScene, undefined, async (t, scene) => {
  const conversation = await tlsConversation(t, scene, 'TLSv1.2');
  t.is(conversation.handshakeExchanges, 4);
  const [, , client, server, question] = conversation.exchanges;
  t.deepEqual(plainMessages(client!), ['handshake', 'change-cipher-spec', 'handshake']);
  t.true(plainMessages(server!).includes('change-cipher-spec'));
  t.deepEqual(plainMessages(question!), ['application-data']);
});

/** Of which the paths and bodies must not be seen. */
const httpServer = async (t: ExecutionContext): Promise<string> => {
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.statusCode = incoming.url === '/missing-secret' ? 404 : 200;
    incoming.on('end', () => response.end('a secret body'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test(
  'HTTP: requests and responses have their numbers, and statuses',
  withScene,
  undefined,
  async (t, scene) => {
    await scene.change({upstream: await httpServer(t)});
    await start(scene);
    const dispatcher = new Agent({connections: 1});
    for (const [path, method] of [
      ['/a-secret', 'GET'],
      ['/missing-secret', 'GET'],
      ['/b', 'POST'],
    ] as const) {
      const {body} = await request(`http://${scene.address}${path}`, {
        dispatcher,
        method,
        ...(method === 'POST' && {body: 'x'.repeat(3)}),
      });
      await body.dump();
    }
    await dispatcher.close();
    const conversation = await conversationOf(scene);
    t.is(conversation.protocol, 'http');
    t.deepEqual(
      conversation.exchanges.map(({direction, messages}) => [direction, messages]),
      [
        ['upstream', [{kind: 'http-request', number: 1}]],
        ['downstream', [{kind: 'http-response', number: 1, status: 200}]],
        ['upstream', [{kind: 'http-request', number: 2}]],
        ['downstream', [{kind: 'http-response', number: 2, status: 404}]],
        ['upstream', [{kind: 'http-request', number: 3}]],
        ['downstream', [{kind: 'http-response', number: 3, status: 200}]],
      ],
    );
    t.notRegex(JSON.stringify(conversation), /secret/);
  },
);

test('HTTP: requests that are sent ahead, and 100 Continue', withScene, undefined, async (t, scene) => {
  await scene.change({upstream: await httpServer(t)});
  await start(scene);
  const [host, port] = scene.address.split(':');
  const socket = connectPlain(Number(port), host);
  const head = (line: string, more = ''): string => `${line} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  const expects = head('POST /c', 'expect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n');
  socket.write(`${head('GET /a')}${head('HEAD /b')}${expects}`);
  let said = '';
  socket.on('data', data => {
    if (said.includes('100 Continue')) return;
    said += data;
    if (said.includes('100 Continue')) socket.write('ab');
  });
  await once(socket, 'close');
  const conversation = await conversationOf(scene);
  const messages = conversation.exchanges.flatMap(shape => shape.messages);
  t.deepEqual(
    messages.map(message =>
      'status' in message ? [message.number, message.status] : 'number' in message && message.number,
    ),
    [1, 2, 3, [1, 200], [2, 200], [3, 100], [3, 200]],
  );
});

test('what only begins like TLS or HTTP is recorded all the same', withScene, echo, async (t, scene) => {
  await start(scene);
  for (const text of ['GET / HTTP/1.1\r\nno head\r\n\r\n', '\x16\x03\x01\x00\x02\x01', 'x']) {
    const client = await scene.connect();
    await roundTrip(client, text);
    await roundTrip(client, 'more');
    client.socket.destroy();
  }
  await untilWitness(scene, ({openConnections}) => openConnections === 0);
  const {conversations} = await read(scene);
  t.deepEqual(
    conversations.map(({protocol, exchanges}) => [protocol, exchanges.map(({bytes}) => bytes)]),
    [
      ['http', [27, 27, 4, 4]],
      ['tls', [6, 6, 4, 4]],
      [null, [1, 1, 4, 4]],
    ],
  );
});
