// Nothing is changed while no fault is on: what one side sends as HTTP/2 the other gets, byte by byte.
import {once} from 'node:events';
import {connect as connectHttp2, createServer as createHttp2Server} from 'node:http2';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {
  frame,
  headersFrames,
  preface,
  resetFrame,
  settingsFrame,
} from '../../../../src/faults/server/http2/frames.ts';
import {encodeHpack} from '../../../../src/faults/server/http2/hpack.ts';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import type {HttpHit, ProxyWitness} from '../../../../src/model/proxy-witness.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

const proxyTo = async (t: ExecutionContext, name: string, port: number): Promise<number> => {
  const body = {name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
  const proxy = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  await api(injector.url, 'POST', `/foulweather/proxies/${name}/interception`);
  t.teardown(() => api(injector.url, 'DELETE', `/proxies/${name}`));
  return Number(proxy.listen.split(':')[1]);
};

const listen = async (t: ExecutionContext, serve: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer({noDelay: true}, socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port; // a string only for pipes
};

const randomOf = (start: number) => {
  let seed = start;
  return (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
};

/** Frames of all kinds, of random sizes, flags and streams, as no well-behaved peer would send them. */
const framesOf = (count: number, seed: number, side: 'client' | 'server'): Buffer => {
  const random = randomOf(seed);
  const frames: Buffer[] = side === 'client' ? [preface] : [];
  frames.push(settingsFrame(new Map([[4, 65_535]])));
  let newest = 1;
  for (let index = 0; index < count; index++) {
    const stream = 1 + 2 * random(200);
    const bytes = Buffer.alloc(random(10) === 0 ? random(3000) : random(60), random(256));
    const head = encodeHpack(
      side === 'client'
        ? [
            [':method', 'POST'],
            [':path', `/${index}`],
          ]
        : [[':status', '200']],
    );
    switch (random(8)) {
      case 0:
        newest += 2;
        frames.push(frame(1, 4 + random(2), side === 'client' ? newest : stream, head));
        break;
      case 1: {
        // A header block in three frames.
        const cut = random(head.length);
        frames.push(frame(1, 0, stream, head.subarray(0, cut)));
        frames.push(frame(9, 0, stream, Buffer.alloc(0)), frame(9, 4, stream, head.subarray(cut)));
        break;
      }
      case 2:
        frames.push(frame(3, 0, stream, Buffer.from([0, 0, 0, random(14)])));
        break;
      case 3:
        frames.push(
          frame(8, 0, random(3) === 0 ? 0 : stream, Buffer.from([0, 0, random(100), 1 + random(200)])),
        );
        break;
      case 4:
        frames.push(frame(6, random(2), 0, Buffer.alloc(8, random(256))));
        break;
      case 5:
        // Of a type that nobody knows, and a priority.
        frames.push(
          frame(0x40 + random(20), random(256), stream, bytes),
          frame(2, 0, stream, Buffer.alloc(5)),
        );
        break;
      default:
        frames.push(frame(0, random(2), stream, bytes));
    }
  }
  return Buffer.concat(frames);
};

const writeInPieces = async (socket: Socket, data: Buffer, seed: number): Promise<void> => {
  const random = randomOf(seed);
  for (let at = 0; at < data.length; ) {
    const piece = data.subarray(at, at + 1 + random(random(4) === 0 ? 30 : 20_000));
    at += piece.length;
    if (!socket.write(piece)) await once(socket, 'drain');
  }
};

const untilBytes = async (read: () => number, bytes: number, socket: Socket): Promise<void> => {
  while (read() < bytes) await once(socket, 'data');
};

test('100,000 random frames each way come as they were sent, however they are cut', async t => {
  const fromServer = framesOf(100_000, 7, 'server');
  const fromClient = framesOf(100_000, 11, 'client');
  const atServer: Buffer[] = [];
  let bytesAtServer = 0;
  const {promise: accepted, resolve: accept} = Promise.withResolvers<Socket>();
  const port = await listen(t, socket => {
    socket.on('data', data => {
      atServer.push(data);
      bytesAtServer += data.length;
    });
    accept(socket);
  });
  const client = connect({port: await proxyTo(t, 'random-frames', port), host: '127.0.0.1', noDelay: true});
  t.teardown(() => client.destroy());
  const atClient: Buffer[] = [];
  let bytesAtClient = 0;
  client.on('data', data => {
    atClient.push(data);
    bytesAtClient += data.length;
  });
  const sentByClient = writeInPieces(client, fromClient, 3);
  const server = await accepted;
  // A target that answers before the client has spoken is not told from one that speaks first.
  await untilBytes(() => bytesAtServer, preface.length, server);
  await Promise.all([sentByClient, writeInPieces(server, fromServer, 5)]);
  await untilBytes(() => bytesAtServer, fromClient.length, server);
  await untilBytes(() => bytesAtClient, fromServer.length, client);
  t.true(Buffer.concat(atServer).equals(fromClient));
  t.true(Buffer.concat(atClient).equals(fromServer));
});

/** Copies what passes between two sockets. */
const tap = async (t: ExecutionContext, port: number, up: Buffer[], down: Buffer[]): Promise<number> =>
  listen(t, socket => {
    const onwards = connect({port, host: '127.0.0.1', noDelay: true});
    onwards.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      up.push(data);
      onwards.write(data);
    });
    onwards.on('data', (data: Buffer) => {
      down.push(data);
      socket.write(data);
    });
    socket.on('close', () => onwards.destroy());
    onwards.on('close', () => socket.destroy());
  });

test('many streams of node:http2, up and down, come as they were sent, and with the right content', async t => {
  const random = randomOf(17);
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    const wanted = Number(headers['x-bytes']);
    let bytes = 0;
    stream.on('data', (data: Buffer) => {
      bytes += data.length;
    });
    stream.on('end', () => {
      stream.respond({':status': 200, 'x-got': String(bytes), [`x-${headers[':path']?.slice(1)}`]: 'y'});
      let left = wanted;
      const more = (): void => {
        const size = Math.min(left, 1 + random(3000));
        left -= size;
        const data = Buffer.alloc(size, 'z');
        if (left === 0) stream.end(data);
        else stream.write(data, more);
      };
      more();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const behind = {up: [] as Buffer[], down: [] as Buffer[]};
  const before = {up: [] as Buffer[], down: [] as Buffer[]};
  const proxied = await proxyTo(t, 'streams', await tap(t, port, behind.up, behind.down));
  const session = connectHttp2(`http://127.0.0.1:${await tap(t, proxied, before.up, before.down)}`);
  t.teardown(() => session.destroy());
  const one = async (index: number): Promise<void> => {
    const sent = random(4) === 0 ? random(300_000) : random(2000);
    const wanted = 1 + (random(4) === 0 ? random(300_000) : random(2000));
    const stream = session.request({':method': 'POST', ':path': `/${index}`, 'x-bytes': String(wanted)});
    stream.end(Buffer.alloc(sent, 'a'));
    const [headers] = await once(stream, 'response');
    let bytes = 0;
    for await (const data of stream) bytes += data.length;
    t.is(headers['x-got'], String(sent));
    t.is(bytes, wanted);
  };
  for (let round = 0; round < 6; round++) {
    await Promise.all(Array.from({length: 40}, (_, index) => one(round * 40 + index)));
  }
  session.close();
  await once(session, 'close');
  const same = (a: readonly Buffer[], b: readonly Buffer[]) => Buffer.concat(a).equals(Buffer.concat(b));
  t.true(same(before.up, behind.up));
  t.true(same(before.down, behind.down));
  const witness = await api<ProxyWitness>(injector.url, 'GET', '/foulweather/proxies/streams/witness');
  t.is(witness.failedConnections, 0);
});

/** A target that takes down what it gets, and a client, with `said` by either side. */
const rawPair = async (t: ExecutionContext, name: string) => {
  const got = {server: [] as Buffer[], client: [] as Buffer[]};
  const {promise: accepted, resolve: accept} = Promise.withResolvers<Socket>();
  const port = await listen(t, socket => {
    socket.on('data', (data: Buffer) => got.server.push(data));
    accept(socket);
  });
  const client = connect({port: await proxyTo(t, name, port), host: '127.0.0.1', noDelay: true});
  client.on('error', () => {});
  client.on('data', (data: Buffer) => got.client.push(data));
  t.teardown(() => client.destroy());
  const server = await accepted;
  const until = async (side: 'server' | 'client', isDone: (data: Buffer) => boolean): Promise<Buffer> => {
    const socket = side === 'server' ? server : client;
    while (!isDone(Buffer.concat(got[side]))) await once(socket, 'data');
    return Buffer.concat(got[side]);
  };
  return {client, server, until};
};

const headers = (stream: number, isLast: boolean): Buffer =>
  headersFrames({
    stream,
    fields: [
      [':method', 'POST'],
      [':path', '/things'],
    ],
    isLast,
    frameBytes: 16_384,
    emptiesTable: false,
  });

const addStatus = (name: string): Promise<unknown> =>
  api(injector.url, 'POST', `/proxies/${name}/toxics`, {
    type: 'http_status',
    name: 'f',
    attributes: {body: 'busy'},
  });

const hitsOf = (name: string): Promise<readonly HttpHit[]> =>
  api(injector.url, 'GET', `/foulweather/proxies/${name}/hits`);

test('a frame that is larger than its receiver takes is not waited for', async t => {
  const {client, until} = await rawPair(t, 'large-frame');
  const said = Buffer.concat([
    preface,
    settingsFrame(new Map()),
    Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 1, 7]),
  ]);
  client.write(said);
  t.true((await until('server', data => data.length >= said.length)).equals(said));
  client.write('more');
  t.true((await until('server', data => data.length > said.length)).toString('latin1').endsWith('more'));
});

test('a header block of more frames than any peer would send is not waited for', async t => {
  const {client, until} = await rawPair(t, 'endless-block');
  const empty = frame(9, 0, 1, Buffer.alloc(0));
  const said = Buffer.concat([
    preface,
    settingsFrame(new Map()),
    frame(1, 0, 1, encodeHpack([[':method', 'GET']])),
    ...Array.from({length: 10_000}, () => empty),
  ]);
  client.write(said);
  t.true((await until('server', data => data.length >= said.length)).equals(said));
});

test('trailers of a stream that the target has given up are no new request', async t => {
  const {client, server, until} = await rawPair(t, 'late-trailers');
  const said = Buffer.concat([preface, settingsFrame(new Map()), headers(1, false)]);
  const answer = Buffer.concat([settingsFrame(new Map()), resetFrame(1, 0)]);
  client.write(said);
  await until('server', data => data.length === said.length);
  server.write(answer);
  await until('client', data => data.length === answer.length);
  await addStatus('late-trailers');
  client.write(headers(1, true));
  const whole = Buffer.concat([said, headers(1, true)]);
  t.true((await until('server', data => data.length >= whole.length)).equals(whole));
  client.write(headers(3, true));
  await until('client', data => data.includes('busy'));
  t.deepEqual(
    (await hitsOf('late-trailers')).map(({stream}) => stream),
    [3],
  );
});

test('a client that says it takes frames of no size is sent some all the same', async t => {
  const {client, server, until} = await rawPair(t, 'no-frames');
  await addStatus('no-frames');
  client.write(Buffer.concat([preface, settingsFrame(new Map([[5, 0]])), headers(1, true)]));
  await until('server', data => data.length > preface.length);
  server.write(settingsFrame(new Map()));
  t.true((await until('client', data => data.includes('busy'))).length > 0);
});

test('what a fault still has for the client comes when the target has gone', async t => {
  const streams = 4;
  const bytes = 40_000;
  let served = 0;
  const server = createHttp2Server();
  server.on('stream', stream => {
    stream.on('error', () => {});
    stream.on('close', () => {
      if (++served === streams) stream.session?.close();
    });
    stream.respond({':status': 200});
    stream.end('x'.repeat(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const proxied = await proxyTo(t, 'gone', port);
  const attributes = {bytes_per_second: 100_000};
  await api(injector.url, 'POST', '/proxies/gone/toxics', {type: 'http_slow_body', name: 'f', attributes});
  const session = connectHttp2(`http://127.0.0.1:${proxied}`);
  session.on('error', () => {});
  t.teardown(() => session.destroy());
  // Together more than the window of the connection: the client has to open it again after the target has gone.
  const lengths = await Promise.all(
    Array.from({length: streams}, async () => {
      let length = 0;
      for await (const data of session.request({':path': '/'})) length += data.length;
      return length;
    }),
  );
  t.deepEqual(
    lengths,
    Array.from({length: streams}, () => bytes),
  );
});
