// Moments: which exchange is meant, when it is over, and which connections are counted.
import test from 'ava';
import {endlessMs, roundTrip} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, recordsOf, untilWitness} from '../../helpers/proxy-faults.ts';
import type {Toxic} from '../../helpers/proxy-scene.ts';
import {echo, type Peer} from '../../helpers/proxy-sockets.ts';
import {send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

/** Round trips until the connection ends. Returns how many were whole; at most 9. */
const tripsOf = async (client: Peer): Promise<number> => {
  for (let trips = 0; trips < 9; trips++) {
    const isWhole = await roundTrip(client, 'ping').then(
      () => true,
      () => false,
    );
    if (!isWhole) return trips;
  }
  return 9;
};

const closes: Toxic = {type: 'close_after', name: 'f'};

type At = Partial<Toxic>;

/** A moment, and how many round trips are whole before a connection is closed at it. */
const fresh: readonly (readonly [at: At, trips: number])[] = [
  [{exchange: 1, cut: 'before'}, 0],
  [{exchange: 2, cut: 'within'}, 0],
  [{exchange: 2, cut: 'after'}, 1],
  [{exchange: 3, cut: 'before'}, 1],
  [{exchange: 5, cut: 'within', since: 'fault'}, 2],
  [{exchange: 2, cut: 'before', exchange_direction: 'upstream'}, 1],
  [{exchange: 2, cut: 'before', exchange_direction: 'downstream'}, 1],
  [{exchange: 2, cut: 'after', exchange_direction: 'downstream'}, 2],
  [{exchange: 3, cut: 'within', exchange_direction: 'upstream'}, 2],
];
for (const [at, trips] of fresh)
  test(`${JSON.stringify(at)} comes after ${trips} round trips`, withScene, echo, async (t, scene) => {
    await scene.add({...closes, quiet: endlessMs, ...at});
    t.is(await tripsOf(await scene.connect()), trips);
  });

/** The same of a connection that had had two round trips when the fault came. 9: the moment is past. */
const live: readonly (readonly [at: At, trips: number])[] = [
  [{exchange: 5, cut: 'before'}, 0],
  [{exchange: 6, cut: 'before'}, 0],
  [{exchange: 7, cut: 'within'}, 1],
  [{exchange: 4, cut: 'after'}, 0],
  [{exchange: 3, cut: 'before', exchange_direction: 'downstream'}, 0],
  [{exchange: 2, cut: 'after', exchange_direction: 'downstream'}, 0],
  [{exchange: 1, cut: 'before', since: 'fault'}, 0],
  [{exchange: 3, cut: 'before', since: 'fault'}, 1],
  [{exchange: 2, cut: 'after', since: 'fault'}, 1],
  [{exchange: 2, cut: 'within', since: 'fault', exchange_direction: 'downstream'}, 1],
  [{exchange: 0, cut: 'after'}, 9],
  [{exchange: 3, cut: 'after'}, 9],
  [{exchange: 4, cut: 'within'}, 9],
  [{exchange: 4, cut: 'before'}, 9],
  [{exchange: 2, cut: 'before', exchange_direction: 'downstream'}, 9],
  [{exchange: 2, cut: 'after', exchange_direction: 'upstream'}, 9],
];
for (const [at, trips] of live)
  test(
    `live: ${JSON.stringify(at)} comes after ${trips} round trips more`,
    withScene,
    echo,
    async (t, scene) => {
      const client = await scene.connect();
      for (const _ of [1, 2]) await roundTrip(client, 'ping');
      await scene.add({...closes, quiet: endlessMs, ...at});
      t.is(await tripsOf(client), trips);
      t.is((await hitsOf(scene, 'f')).decisions, trips === 9 ? 0 : 1);
    },
  );

test('an exchange is over when it has been quiet for its time', withScene, echo, async (t, scene) => {
  await scene.add({...closes, exchange: 2, cut: 'after', quiet: 30});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  const [answeredMs] = client.arrivalsMs;
  await client.closed;
  // From the last byte at the injector, which was a little sooner.
  t.true(performance.now() - answeredMs! > 20);
  t.is(client.errorCode, undefined);
  t.is(String(client.received), 'ping');
  t.deepEqual((await recordsOf(scene))[0]!.hitsAt, [{exchange: 2, direction: 'downstream', byte: 4}]);
});

test(
  'a live connection that is quiet is closed after its last exchange',
  withScene,
  echo,
  async (t, scene) => {
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await scene.add({...closes, exchange: 2, cut: 'after'});
    await client.closed;
    t.true(client.hasEnded);
  },
);

test(
  'a server that ends has ended its exchange: a reset comes in its place',
  withScene,
  undefined,
  async (t, scene) => {
    await scene.add({type: 'reset_after', exchange: 2, cut: 'after', quiet: endlessMs});
    const client = await scene.connect();
    client.socket.write('ask');
    const server = await scene.upstream.peer(0);
    await server.bytes(3);
    server.socket.end('all');
    await client.closed;
    t.is(client.errorCode, 'ECONNRESET');
    t.is(String(client.received), 'all');
  },
);

test('what is over with the connect is for new connections', withScene, echo, async (t, scene) => {
  const live = await scene.connect();
  await roundTrip(live, 'ping');
  await scene.add({...closes, exchange: 0, cut: 'after'});
  const client = await scene.connect();
  await client.ended();
  t.is(client.receivedBytes, 0);
  await roundTrip(live, 'pong');
  t.deepEqual(
    (await recordsOf(scene)).map(({hitsAt}) => hitsAt),
    [[], [{exchange: 0, direction: null, byte: 0}]],
  );
});

const head = 'HTTP/1.1 200 OK\r\n\r\n';
/** A reply, and what passes of it. */
const cutReplies: readonly (readonly [title: string, reply: string, passes: string])[] = [
  ['of two bytes one passes', 'ab', 'a'],
  ['one byte is not cut', 'c', 'c'],
  ['an HTTP response is cut within its body', `${head}four`, `${head}fo`],
  ['of a body of one byte nothing passes', `${head}1`, head],
  ['without a body, its head is cut', head, head.slice(0, 9)],
  ['a head that is not whole is cut', head.slice(0, 18), head.slice(0, 9)],
  ['a request is cut in the middle', 'GET / HTTP/1.1\r\n\r\n12', 'GET / HTTP'],
];
for (const [title, reply, passes] of cutReplies)
  test(`cut within a reply: ${title}`, withScene, echo, async (t, scene) => {
    await scene.add({...closes, exchange: 2, cut: 'within'});
    const client = await scene.connect();
    client.socket.write(reply);
    await client.ended();
    t.is(String(client.received), passes);
  });

test(
  'connections that are past the moment, or do not reach it, are not counted',
  withScene,
  echo,
  async (t, scene) => {
    const past = await scene.connect();
    for (const _ of [1, 2]) await roundTrip(past, 'ping');
    await scene.add({...closes, first_n: 1, exchange: 3, cut: 'before'});
    const short = await scene.connect();
    await roundTrip(short, 'ping');
    const [hit, later] = [await scene.connect(), await scene.connect()];
    t.is(await tripsOf(hit), 1);
    t.is(await tripsOf(later), 9);
    t.is(await tripsOf(past), 9);
    t.is(await tripsOf(short), 9);
    t.like(await hitsOf(scene, 'f'), {decisions: 1, applied: 1, connectionsHit: 1});
  },
);

test('it comes again with each time that the fault begins', withScene, echo, async (t, scene) => {
  const noop = {type: 'noop', name: 'f', since: 'fault', exchange: 2, cut: 'before'} as const;
  await scene.add({...noop, duration: 40, every: 80});
  const client = await scene.connect();
  while ((await hitsOf(scene, 'f')).decisions < 3) await roundTrip(client, 'ping');
  t.pass();
});

test('removed before its moment it does nothing', withScene, echo, async (t, scene) => {
  const client = await scene.connect();
  await scene.add({...closes, exchange: 3, cut: 'before'});
  await roundTrip(client, 'ping');
  await scene.remove('f');
  t.is(await tripsOf(client), 9);
  t.like(await hitsOf(scene, 'f'), {decisions: 0, actions: 0});
});

test('an update does not bring the moment forward', withScene, echo, async (t, scene) => {
  await scene.add({...closes, exchange: 5, cut: 'before'});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  await scene.update('f', {attributes: {ms: 1}});
  t.is(await tripsOf(client), 1);
});

test('what other faults hold back arrives before the end', withScene, echo, async (t, scene) => {
  await scene.add({type: 'latency', attributes: {latency: 100}});
  await scene.add({...closes, exchange: 2, cut: 'within'});
  const client = await scene.connect();
  client.socket.write('ping');
  await client.ended();
  t.is(String(client.received), 'pi');
});

test('so many bytes or milliseconds count from the moment on', withScene, echo, async (t, scene) => {
  await scene.add({...closes, attributes: {bytes: 6}, exchange: 3, cut: 'before'});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  client.socket.write('one more');
  await client.ended();
  t.is(String(client.received), 'pingone mo');
});

test(
  'silence both ways lasts until it is removed, and a side that closes is obeyed',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'stall', name: 'f', attributes: {both: true}, exchange: 2, cut: 'after'});
    const [client, other] = [await scene.connect(), await scene.connect()];
    for (const peer of [client, other]) {
      await roundTrip(peer, 'ping');
      await untilWitness(scene, ({faults}) => faults['f']!.applied === (peer === client ? 1 : 2));
      peer.socket.write('lost');
    }
    await untilWitness(scene, ({faults}) => faults['f']?.connectionsHit === 2);
    other.socket.end();
    await other.closed;
    t.is((await scene.upstream.peer(1)).receivedBytes, 4);
    await scene.remove('f');
    await client.closed;
    t.is(String(client.received), 'ping');
    t.is((await scene.upstream.peer(0)).receivedBytes, 4);
  },
);

test('silence, and then a close, at one moment', withScene, echo, async (t, scene) => {
  const at = {exchange: 3, cut: 'within', first_n: 1};
  await scene.add({...closes, attributes: {ms: 60}, ...at});
  await scene.add({type: 'stall', name: 's', attributes: {both: true}, ...at});
  const client = await scene.connect();
  await roundTrip(client, 'ping');
  const startMs = performance.now();
  client.socket.write('lost');
  await client.ended();
  t.true(performance.now() - startMs >= 59);
  t.is(String(client.received), 'ping');
  t.is(String((await scene.upstream.peer(0)).received), 'pinglo');
  for (const name of ['f', 's']) t.like(await hitsOf(scene, name), {applied: 1, connectionsHit: 1});
});

for (const [type, attributes] of [
  ['stall', {both: true}],
  ['half_open', {}],
  ['close_after', {}],
] as const)
  test(`after a ${type} a connection comes to no further moment`, withScene, echo, async (t, scene) => {
    await scene.add({type, name: 'first', attributes, first_n: 1, exchange: 3, cut: 'before'});
    const second = {...closes, first_n: 1, exchange: 3, cut: 'within'};
    await scene.add(second);
    const [client, next] = [await scene.connect(), await scene.connect()];
    await roundTrip(client, 'ping');
    client.socket.write('lost');
    await untilWitness(scene, ({faults}) => faults['first']?.connectionsHit === 1);
    t.is((await hitsOf(scene, 'f')).decisions, 0);
    t.is(await tripsOf(next), 1);
    t.is(String((await scene.upstream.peer(1)).received), 'pingpi');
  });

test('it is shown as it was asked for', withScene, echo, async (t, scene) => {
  const moment = {quiet: 5, since: 'fault', cut: 'after', exchange_direction: 'upstream', exchange: 2};
  const {attributes: _, ...shown} = (await scene.add({...closes, nth: 2, ...moment})) as object as Toxic;
  t.is(
    JSON.stringify(shown),
    '{"name":"f","type":"close_after","stream":"downstream","toxicity":1,"nth":2,"exchange":2,"cut":"after","exchange_direction":"upstream","since":"fault","quiet":5}',
  );
});

const atConnect =
  'exchange 0 is the connect: it has only the cut after, since connect and in no direction; before it act refuse, blackhole and limit_connections';
const goField = 'Go struct field ToxicWrapper';
const refusals: readonly (readonly [body: object, error: string])[] = [
  [{exchange: 1}, 'cut must be one of before, within, after'],
  [{exchange: 1, cut: 'Before'}, 'cut must be one of before, within, after'],
  [{exchange: -1, cut: 'before'}, 'exchange must not be negative'],
  [{exchange: 1, cut: 'before', quiet: -1}, 'quiet must not be negative'],
  [{exchange: 1, cut: 'before', since: 'ever'}, 'since must be one of connect, fault'],
  [
    {exchange: 1, cut: 'before', exchange_direction: 'both'},
    'exchange_direction must be one of upstream, downstream',
  ],
  [{cut: 'before'}, 'cut needs an exchange'],
  [{exchange: 0, cut: 'before'}, atConnect],
  [{exchange: 0, cut: 'after', since: 'fault'}, atConnect],
  [{exchange: 0, cut: 'after', exchange_direction: 'upstream'}, atConnect],
  [
    {exchange: 1.5, cut: 'before'},
    `json: cannot unmarshal number 1.5 into ${goField}.exchange of type int64`,
  ],
  [{exchange: 1, cut: 1}, `json: cannot unmarshal number into ${goField}.cut of type string`],
  ...['flap', 'refuse', 'blackhole', 'limit_connections', 'http_status', 'tls_close'].map(
    type =>
      [
        {type, exchange: 1, cut: 'before'},
        `exchange is for what acts on the bytes of a connection, which ${type} does not`,
      ] as const,
  ),
];
for (const [fields, error] of refusals)
  test(`refused: ${JSON.stringify(fields)}`, withScene, echo, async (t, {url, name}) => {
    const path = `/proxies/${name}/toxics`;
    const {status, body} = await send(url, {method: 'POST', path, body: {...closes, ...fields}});
    t.is(status, 400);
    t.is((JSON.parse(body) as {readonly error: string}).error, `bad request body: ${error}`);
  });
