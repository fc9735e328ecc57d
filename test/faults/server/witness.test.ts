// The proof of hits: what the witness and the list of connections say after known traffic.

import test from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import type {FaultWitness, ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {Scene} from '../../helpers/proxy-scene.ts';
import {echo, type Peer} from '../../helpers/proxy-sockets.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

type Expected = Partial<Omit<ProxyWitness, 'faults'>> & {
  readonly faults?: Readonly<Record<string, Partial<FaultWitness>>>;
};

const witnessed = test.macro(
  async (t, serve: (peer: Peer) => void, steps: (scene: Scene) => Promise<void>, expected: Expected) => {
    const scene = await Scene.open(injector.url, serve);
    t.teardown(() => scene.close());
    await steps(scene);
    await closedBy(scene, expected.openConnections ?? 0);
    const witness = await api<ProxyWitness>(
      injector.url,
      'GET',
      `/foulweather/proxies/${scene.name}/witness`,
    );
    t.like(witness, expected);
  },
);

/** Closing is not at once: waits until so many connections are open. */
async function closedBy({name, url}: Scene, openConnections: number): Promise<void> {
  const path = `/foulweather/proxies/${name}/witness`;
  while ((await api<ProxyWitness>(url, 'GET', path)).openConnections !== openConnections);
}

async function exchange(scene: Scene, data = 'ping'): Promise<void> {
  const client = await scene.connect();
  await roundTrip(client, data);
  client.socket.end();
  await client.closed;
}

const nothing = {
  openConnections: 0,
  openedConnections: 0,
  peakConnections: 0,
  failedDials: 0,
  cutConnections: 0,
  failedConnections: 0,
  lastFailure: null,
};
const fault = (
  type: string,
  decisions: number,
  applied: number,
  connectionsHit: number,
  actions: number,
) => ({
  type,
  stream: 'downstream' as const,
  decisions,
  applied,
  connectionsHit,
  actions,
});

test('a new proxy has seen nothing', witnessed, echo, async () => undefined, {
  ...nothing,
  upstreamBytes: 0,
  downstreamBytes: 0,
  faults: {},
});

test(
  'connections and bytes are counted',
  witnessed,
  echo,
  async scene => {
    const first = await scene.connect();
    await roundTrip(first, 'ping');
    await exchange(scene, 'hello');
    first.socket.end();
    await first.closed;
    await exchange(scene);
  },
  {...nothing, openedConnections: 3, peakConnections: 2, upstreamBytes: 13, downstreamBytes: 13, faults: {}},
);

test(
  'dials that fail are counted',
  witnessed,
  echo,
  async scene => {
    for (const upstream of [
      'garbage',
      '127.0.0.1:1',
      ':x',
      'a\u0000b:1',
      `${'x'.repeat(300)}:1`,
      '[::1%]:1',
      ' :1',
    ]) {
      await scene.change({upstream});
      await (await scene.connect()).closed;
    }
  },
  {
    ...nothing,
    openedConnections: 7,
    peakConnections: 1,
    failedDials: 7,
    upstreamBytes: 0,
    downstreamBytes: 0,
  },
);

test(
  'cut connections are counted, closed ones are not',
  witnessed,
  echo,
  async scene => {
    await exchange(scene);
    const clients = [await scene.connect(), await scene.connect()];
    for (const client of clients) await roundTrip(client, 'ping');
    await scene.change({enabled: false});
    for (const client of clients) await client.closed;
  },
  {...nothing, openedConnections: 3, peakConnections: 2, cutConnections: 2},
);

test(
  'a fault counts its decisions, its actions and whom it hit',
  witnessed,
  echo,
  async scene => {
    await scene.add({type: 'latency', name: 'slow', attributes: {latency: 5}});
    await scene.add({type: 'latency', name: 'off', toxicity: 0, attributes: {latency: 5}});
    await scene.add({type: 'latency', name: 'zero', attributes: {latency: 0}});
    await exchange(scene);
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await roundTrip(client, 'ping');
    client.socket.end();
    await client.closed;
  },
  {
    faults: {
      slow: fault('latency', 2, 2, 2, 3),
      off: fault('latency', 2, 0, 0, 0),
      zero: fault('latency', 2, 2, 0, 0),
    },
  },
);

test(
  'counters survive the toxic, and one of the same name goes on',
  witnessed,
  echo,
  async scene => {
    await scene.add({type: 'latency', name: 'x', attributes: {latency: 5}});
    await exchange(scene);
    await scene.remove('x');
    await exchange(scene);
    await scene.add({type: 'slicer', name: 'x', attributes: {average_size: 1}});
    await exchange(scene);
  },
  {faults: {x: fault('slicer', 2, 2, 2, 2)}},
);

test(
  'a toxic that starts again decides again',
  witnessed,
  echo,
  async scene => {
    await scene.add({type: 'latency', name: 'x', attributes: {latency: 5}});
    const client = await scene.connect();
    await roundTrip(client, 'ping');
    await scene.update('x', {attributes: {latency: 1}});
    await roundTrip(client, 'ping');
    client.socket.end();
    await client.closed;
  },
  {faults: {x: fault('latency', 2, 2, 1, 2)}},
);

for (const [type, attributes, actions] of [
  ['bandwidth', {rate: 100}, 1],
  ['slow_close', {delay: 5}, 1],
  ['timeout', {timeout: 1000}, 2], // one chunk dropped, one connection closed
  ['reset_peer', {timeout: 0}, 1],
  ['slicer', {average_size: 2}, 1],
  ['limit_data', {bytes: 4}, 1],
] as const) {
  test(
    `${type} shows that it acted`,
    witnessed,
    echo,
    async scene => {
      await scene.add({type, name: 'x', attributes});
      const client = await scene.connect();
      client.socket.write('ping');
      if (type === 'timeout' || type === 'reset_peer' || type === 'limit_data') return client.closed;
      await client.bytes(4);
      client.socket.end();
      return client.closed;
    },
    {openedConnections: 1, faults: {x: fault(type, 1, 1, 1, actions)}},
  );
}

test('a proxy that is unknown answers as Toxiproxy does', async t => {
  for (const route of ['witness', 'connections']) {
    const {status, body} = await send(injector.url, {
      method: 'GET',
      path: `/foulweather/proxies/none/${route}`,
    });
    t.is(status, 404);
    t.is(body, '{"error":"proxy not found","status":404}\n');
  }
});
