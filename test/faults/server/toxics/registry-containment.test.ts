// A toxic that throws takes its connection with it and nothing else: the injector notes it and goes on.
import test from 'ava';
import {defineHttpToxicType} from '../../../../src/faults/server/http/http-toxic-type.ts';
import {defineTlsToxicType} from '../../../../src/faults/server/tls/tls-toxic-type.ts';
import {defineToxicType, type ToxicType} from '../../../../src/faults/server/toxic-type.ts';
import {toxicTypes} from '../../../../src/faults/server/toxics/registry.ts';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, recordsOf, untilWitness, witnessOf} from '../../../helpers/proxy-faults.ts';
import {echo} from '../../../helpers/proxy-sockets.ts';

const withScene = faultScenes();

const fail = (): never => {
  throw new RangeError('out of cheese');
};

const broken: readonly ToxicType[] = [
  defineToxicType({
    name: 'broken-at-start',
    attributes: {},
    run: fail,
  }),
  defineToxicType({
    name: 'broken-on-data',
    attributes: {},
    *run(stage) {
      while ((yield* stage.read()) !== null) fail();
    },
  }),
  defineToxicType({
    name: 'broken-later',
    attributes: {},
    *run(stage) {
      yield* stage.read();
      yield* stage.sleepUntil(performance.now() + 5);
      fail();
    },
  }),
  defineToxicType({name: 'broken-on-accept', attributes: {}, onAccept: fail}),
  defineHttpToxicType({name: 'broken-on-request', attributes: {}, handle: fail}),
  defineHttpToxicType({
    name: 'broken-on-response',
    attributes: {},
    handle: () => ({response: {head: fail, body: fail, end: fail}}),
  }),
  defineTlsToxicType({name: 'broken-on-hello', attributes: {}, treat: fail}),
];
// The registry is a map that nobody but this file's process sees.
for (const type of broken) (toxicTypes as Map<string, ToxicType>).set(type.name, type);

/** A ClientHello that is whole, and says nothing. */
const hello = Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]);
const said = (name: string): Buffer | string => {
  if (name === 'broken-on-hello') return hello;
  return name === 'broken-on-response' ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' : 'ping';
};
const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

for (const {name} of broken) {
  const isHttp = /request|response/.test(name);
  // What the client sends comes back, which for HTTP is no response, but for the one that must be.
  const serve: typeof echo = peer => {
    if (name === 'broken-on-response') peer.socket.once('data', () => peer.socket.write(said(name)));
    else echo(peer);
  };
  test(`${name}: its connection is reset, and the others go on`, withScene, serve, async (t, scene) => {
    const other = await scene.connect();
    if (name !== 'broken-on-response') await roundTrip(other, 'ping');
    await scene.add({type: name, name: 'b', first_n: 2});
    // A reset on accept may come before the client knows that it is connected.
    const errorCode = await scene.connect().then(
      async client => {
        client.socket.write(isHttp ? request : said(name));
        await client.closed;
        return client.errorCode;
      },
      (error: NodeJS.ErrnoException) => error.code,
    );
    t.is(errorCode, 'ECONNRESET');
    await untilWitness(scene, ({failedConnections}) => failedConnections > 0);
    const {failedConnections, lastFailure} = await witnessOf(scene);
    t.true(failedConnections >= 1 && failedConnections <= 2);
    if (name !== 'broken-on-hello') t.regex(lastFailure ?? '', /^b: RangeError: out of cheese\n\s+at /);
    t.regex(lastFailure ?? '', /out of cheese/);
    const records = await recordsOf(scene);
    t.is(records.at(-1)?.end, 'fault-failed');

    await scene.remove('b');
    const after = await scene.connect();
    if (name === 'broken-on-response') after.socket.write('x');
    else await roundTrip(after, 'pong');
    await after.bytes(1);
  });
}
