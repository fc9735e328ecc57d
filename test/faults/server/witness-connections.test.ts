// The list of connections: when each came and went, what it carried, what hit it and why it ended.

import test from 'ava';
import {type Injector, startInjector} from '../../../src/faults/server/injector.ts';
import {Witness} from '../../../src/faults/server/witness.ts';
import {wholeEpochMs} from '../../../src/model/clock.ts';
import type {ConnectionRecord, ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {Scene} from '../../helpers/proxy-scene.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {api} from '../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

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

test('the list of connections says when, how much, what hit and why it ended', async t => {
  const scene = await Scene.open(injector.url, echo);
  t.teardown(() => scene.close());
  const beforeMs = wholeEpochMs();
  await exchange(scene);
  await scene.add({type: 'limit_data', name: 'limit', attributes: {bytes: 4}});
  await scene.add({type: 'latency', name: 'slow', attributes: {latency: 5}});
  const limited = await scene.connect();
  limited.socket.write('hello');
  await limited.closed;
  await scene.remove('limit');
  await scene.add({type: 'reset_peer', name: 'rst'});
  const reset = await scene.connect();
  reset.socket.write('x');
  await reset.closed;
  await scene.remove('rst');
  const fromAbove = await scene.connect();
  (await scene.upstream.peer(3)).socket.end();
  await fromAbove.closed;
  const rude = await scene.connect();
  await scene.upstream.peer(4);
  rude.socket.resetAndDestroy();
  await closedBy(scene, 0);
  const open = await scene.connect();
  await roundTrip(open, 'x');

  const path = `/foulweather/proxies/${scene.name}/connections`;
  const list = await api<ConnectionRecord[]>(injector.url, 'GET', path);
  const rows = list.map(({id, upstreamBytes, downstreamBytes, hits, end}) => ({
    id,
    upstreamBytes,
    downstreamBytes,
    hits,
    end,
  }));
  t.deepEqual(rows, [
    {id: 1, upstreamBytes: 4, downstreamBytes: 4, hits: [], end: 'client-closed'},
    {id: 2, upstreamBytes: 5, downstreamBytes: 4, hits: ['slow', 'limit'], end: 'closed-by-fault'},
    {id: 3, upstreamBytes: 1, downstreamBytes: 0, hits: ['slow', 'rst'], end: 'reset-by-fault'},
    {id: 4, upstreamBytes: 0, downstreamBytes: 0, hits: [], end: 'upstream-closed'},
    {id: 5, upstreamBytes: 0, downstreamBytes: 0, hits: [], end: 'client-reset'},
    {id: 6, upstreamBytes: 1, downstreamBytes: 1, hits: ['slow'], end: 'open'},
  ]);
  for (const {id, openedMs, closedMs} of list) {
    t.true(openedMs >= beforeMs && openedMs <= wholeEpochMs());
    t.is(closedMs === null, id === 6);
    t.true(closedMs === null || closedMs >= openedMs);
  }
});

test('the list is bounded and keeps the newest', t => {
  const witness = new Witness();
  for (let count = 0; count < 25_000; count++) witness.closed(witness.opened());
  const ids = witness.connections().map(({id}) => id);
  t.is(ids.length, 10_000);
  t.is(ids[0], 15_001);
  t.is(ids.at(-1), 25_000);
  t.is(witness.report().openedConnections, 25_000);
});
