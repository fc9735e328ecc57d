// The seed: the same one gives every connection the same fate, whatever the timing; another one gives another.

import test, {type ExecutionContext} from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {createRandom} from '../../../src/faults/server/random.ts';
import type {ConnectionRecord} from '../../../src/model/proxy-witness.ts';
import {Scene, type Toxic} from '../../helpers/proxy-scene.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {api} from '../../helpers/toxiproxy-request.ts';

const connections = 40;

/** Which of 40 connections each toxic hit, as a line of 0 and 1 per toxic. */
async function fates(
  t: ExecutionContext,
  seed: number,
  {
    toxics,
    order = 'in turn',
    proxy = 'p',
  }: {toxics: readonly Toxic[]; order?: 'in turn' | 'at once'; proxy?: string},
): Promise<Readonly<Record<string, string>>> {
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed});
  const scene = await Scene.open(injector.url, echo, proxy);
  t.teardown(() => injector.close());
  t.teardown(() => scene.upstream.close());
  for (const toxic of toxics) await scene.add(toxic);
  const use = async () => {
    const client = await scene.connect();
    client.socket.write('x');
    await client.bytes(1);
    client.socket.end();
    await client.closed;
  };
  if (order === 'at once') await Promise.all(Array.from({length: connections}, use));
  else for (let count = 0; count < connections; count++) await use();
  const list = await api<ConnectionRecord[]>(
    injector.url,
    'GET',
    `/foulweather/proxies/${proxy}/connections`,
  );
  const line = (name = '') => list.map(({hits}) => (hits.includes(name) ? 1 : 0)).join('');
  return Object.fromEntries(toxics.map(({name = ''}) => [name, line(name)]));
}

const half = (name: string, more: Partial<Toxic> = {}): Toxic => ({
  type: 'latency',
  name,
  toxicity: 0.5,
  attributes: {latency: 1},
  ...more,
});

test('the same seed decides the same, in whatever order and with whatever else', async t => {
  const alone = await fates(t, 7, {toxics: [half('a'), half('b')]});
  const together = await fates(t, 7, {toxics: [half('z'), half('b'), half('a')], order: 'at once'});
  t.is(together['a'], alone['a']);
  t.is(together['b'], alone['b']);
});

test('seed, proxy, direction and name all matter', async t => {
  const base = await fates(t, 7, {toxics: [half('a'), half('b')]});
  const others = await Promise.all([
    fates(t, 8, {toxics: [half('a')]}),
    fates(t, 7, {toxics: [half('a')], proxy: 'q'}),
    fates(t, 7, {toxics: [half('a', {stream: 'upstream'})]}),
  ]);
  const lines = [base['a'], base['b'], ...others.map(({a}) => a)];
  t.is(new Set(lines).size, lines.length);
  for (const line of lines) {
    const hits = [...(line ?? '')].filter(fate => fate === '1').length;
    t.true(hits > 8 && hits < 32, `${hits} of ${connections}`);
  }
});

test('a toxic that starts again on a connection decides anew', t => {
  const rolls = Array.from(
    {length: 20},
    (_, starts) => createRandom([1, 'p', 1, 'upstream', 'x', starts])() < 0.5,
  );
  t.is(new Set(rolls).size, 2);
});

test('the numbers stay what they are, so that old seeds repeat old runs', t => {
  const random = createRandom([42, 'redis', 3, 'downstream', 'slow', 0]);
  const drawn = Array.from({length: 5}, () => random() * 2 ** 32);
  t.deepEqual(drawn, [801_665_491, 369_709_376, 4_005_206_153, 2_011_275_720, 3_758_825_499]);
});

test('the numbers are uniform', t => {
  const buckets = new Array<number>(10).fill(0);
  for (let connection = 0; connection < 10_000; connection++) {
    const bucket = Math.floor(createRandom([1, 'p', connection, 'downstream', 'x', 0])() * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) t.true(count > 850 && count < 1150, buckets.join(' '));
});
