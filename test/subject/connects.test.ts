// Connects are counted however they are made, and whether or not they succeed.
import {once} from 'node:events';
import {get} from 'node:http';
import {type AddressInfo, connect, createServer, Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import test from 'ava';
import {Connects} from '../../src/subject/connects.ts';

const portOf = async (t: {teardown: (end: () => void) => void}): Promise<number> => {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
};

/** A port where nobody listens any more. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const ended = (socket: Socket): Promise<void> =>
  new Promise(resolve => {
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });

test.serial('refused ones count, by whatever they are made', async t => {
  const port = await closedPort();
  const connects = new Connects(`tcp://127.0.0.1:${port}`, () => performance.now());
  t.teardown(() => connects.stop());
  await ended(connect(port, '127.0.0.1'));
  await ended(new Socket().connect(port, '127.0.0.1'));
  await ended(connectTls(port, '127.0.0.1'));
  const sent = get(`http://127.0.0.1:${port}/`);
  await t.throwsAsync(once(sent, 'response'), {code: 'ECONNREFUSED'});
  t.is(connects.take(), 4);
  t.is(connects.take(), 0);
});

test.serial('those to another port do not', async t => {
  const port = await portOf(t);
  const connects = new Connects(`http://127.0.0.1:${port}`, () => performance.now());
  t.teardown(() => connects.stop());
  await ended(connect(await portOf(t), '127.0.0.1'));
  t.is(connects.take(), 0);
  await ended(connect(port, '127.0.0.1'));
  t.is(connects.take(), 1);
});

test.serial('after its end it counts no more', async t => {
  const port = await portOf(t);
  const connects = new Connects(`http://127.0.0.1:${port}`, () => performance.now());
  connects.stop();
  await ended(connect(port, '127.0.0.1'));
  t.is(connects.take(), 0);
});

test.serial('nothing can have been sent where no connection was open', async t => {
  const held: Socket[] = [];
  const server = createServer(socket => void held.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo;
  let nowMs = 10;
  const connects = new Connects(`tcp://127.0.0.1:${port}`, () => nowMs);
  t.teardown(() => connects.stop());
  t.false(connects.hadNoneSince(0), 'it may connect where it is not seen');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  t.false(connects.hadNoneSince(20));
  nowMs = 30;
  socket.destroy();
  await once(socket, 'close');
  t.false(connects.hadNoneSince(30), 'it was open until then');
  t.true(connects.hadNoneSince(31));
  for (const other of held) other.destroy();
});
