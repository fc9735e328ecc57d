// The harness's end of the connection, and what may come to its port.
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {type FromProgram, ProtocolBroken} from '../../src/subject/program-protocol.ts';
import {longestLine, ProgramWire} from '../../src/subject/program-wire.ts';

type Scene = {
  readonly wire: ProgramWire;
  readonly messages: FromProgram[];
  readonly ended: Promise<ProtocolBroken | null>;
  readonly program: () => Promise<Socket>;
  readonly hello: (more?: object) => string;
};

const open = async (t: ExecutionContext): Promise<Scene> => {
  const messages: FromProgram[] = [];
  const end = Promise.withResolvers<ProtocolBroken | null>();
  const wire = await ProgramWire.listen({
    message: message => void messages.push(message),
    ended: end.resolve,
  });
  t.teardown(() => wire.close());
  const {FOULWEATHER_CONTROL: control, FOULWEATHER_TOKEN: token} = wire.environment;
  return {
    wire,
    messages,
    ended: end.promise,
    async program() {
      const [host, port] = control.split(':');
      const socket = connect({host: host!, port: Number(port)});
      socket.on('error', () => {});
      t.teardown(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
    hello: (more = {}) =>
      `${JSON.stringify({kind: 'hello', token, protocol: 1, language: 'l', runtime: 'r', ...more})}\n`,
  };
};

test('what is sent arrives as lines, several of a tick together', async t => {
  const {wire, program, hello} = await open(t);
  const socket = await program();
  socket.setEncoding('utf8').write(hello());
  await wire.hello(2000);
  wire.send({kind: 'phase', name: 'größer', role: 'fault'});
  wire.send({kind: 'close'});
  const [chunk] = (await once(socket, 'data')) as [string];
  t.is(chunk, '{"kind":"phase","name":"größer","role":"fault"}\n{"kind":"close"}\n');
});

test('a line may come in pieces, within a character too', async t => {
  const {wire, messages, program, hello, ended} = await open(t);
  const socket = await program();
  const bytes = Buffer.from(`${hello()}{"kind":"log","message":"✓"}\n`);
  for (const byte of bytes) socket.write(Uint8Array.of(byte));
  await wire.hello(2000);
  socket.end();
  t.is(await ended, null);
  t.deepEqual(messages, [{kind: 'log', message: '✓'}]);
});

test('a stranger is not listened to, and the program is', async t => {
  const {wire, messages, program, hello, ended} = await open(t);
  const stranger = await program();
  const gone = once(stranger, 'close');
  stranger.write(`${hello({token: 'guessed'})}{"kind":"opened"}\n`);
  stranger.resume();
  await gone;
  const socket = await program();
  socket.write(`${hello()}{"kind":"closed"}\n`);
  t.is((await wire.hello(2000)).runtime, 'r');
  socket.end();
  await ended;
  t.deepEqual(messages, [{kind: 'closed'}]);
});

test('where nobody comes, the limit says so', async t => {
  const {wire} = await open(t);
  await t.throwsAsync(wire.hello(20), {
    instanceOf: ProtocolBroken,
    message: /FOULWEATHER_CONTROL.* within 0\.02 s$/,
  });
});

test('where only strangers come, that is said', async t => {
  const {wire, program, hello} = await open(t);
  const stranger = await program();
  const gone = once(stranger.resume(), 'close');
  stranger.write(hello({token: 'guessed'}));
  await gone;
  await t.throwsAsync(wire.hello(20), {message: /a token other than/});
});

const first: readonly (readonly [line: string, problem: RegExp])[] = [
  ['GET / HTTP/1.1\r\n', /not JSON/],
  ['{"kind":"opened"}\n', /first line is not `hello`/],
  ['x'.repeat(longestLine + 1), /a line of more than/],
];

for (const [line, problem] of first) {
  test(`a first line that is no hello: ${line.slice(0, 20).trim()}`, async t => {
    const {wire, program} = await open(t);
    (await program()).write(line);
    await t.throwsAsync(wire.hello(2000), {instanceOf: ProtocolBroken, message: problem});
  });
}

test('a broken line ends the connection, and what follows it is not read', async t => {
  const {wire, messages, program, hello, ended} = await open(t);
  const socket = await program();
  socket.write(`${hello()}{"kind":"opened"}\nTraceback\n{"kind":"closed"}\n`);
  await wire.hello(2000);
  const broken = await ended;
  t.is(broken?.line, 'Traceback');
  t.deepEqual(messages, [{kind: 'opened'}]);
});

/** What became of a second program that connects after the first one's hello. */
const second = async (t: ExecutionContext): Promise<string> => {
  const {wire, program, hello} = await open(t);
  const socket = await program();
  socket.write(hello());
  await wire.hello(2000);
  const outcome = await program().then(
    () => 'connected',
    ({code}: NodeJS.ErrnoException) => code ?? '',
  );
  wire.close();
  t.notThrows(() => wire.send({kind: 'close'}));
  return outcome;
};

test('nothing listens after the hello, nor after the end', async t => {
  const outcomes: string[] = [];
  // A port that is free again may be another process's at once; not three times in a row.
  while (outcomes.length < 3 && !outcomes.includes('ECONNREFUSED')) outcomes.push(await second(t));
  t.is(outcomes.at(-1), 'ECONNREFUSED');
});
