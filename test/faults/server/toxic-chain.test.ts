// Several toxics on one direction, and dice that fall once per connection: on our server and on a real Toxiproxy.

import {setTimeout as sleep} from 'node:timers/promises';
import {everywhere, isBetween, roundTrip, slackMs} from '../../helpers/proxy-behaviours.ts';
import type {Scene} from '../../helpers/proxy-scene.ts';
import {echo} from '../../helpers/proxy-sockets.ts';

const behaves = everywhere();

const limit = {type: 'limit_data', name: 'limit', attributes: {bytes: 0}};
const latency = (latencyMs: number) => ({type: 'latency', name: 'slow', attributes: {latency: latencyMs}});

/** How long after a first byte the connection is closed, which limit_data does at the first that comes to it. */
async function closedAfterMs(scene: Scene): Promise<number> {
  const client = await scene.connect();
  const startMs = performance.now();
  client.socket.write('x');
  await client.closed;
  return performance.now() - startMs;
}

behaves('toxics act in the order in which they were added', echo, async (t, scene) => {
  await scene.add(limit);
  await scene.add(latency(10_000));
  // The limit is met before the latency, and a bare end is not delayed.
  isBetween(t, await closedAfterMs(scene), 0, 9990);
  await scene.remove('slow');
  await scene.remove('limit');
  await scene.add(latency(300));
  await scene.add(limit);
  isBetween(t, await closedAfterMs(scene), 299, 300 + slackMs);
});

behaves('a toxic that is added again goes last', echo, async (t, scene) => {
  await scene.add(limit);
  await scene.add(latency(300));
  await scene.remove('limit');
  await scene.add(limit);
  isBetween(t, await closedAfterMs(scene), 299, 300 + slackMs);
});

behaves('an updated toxic keeps its place', echo, async (t, scene) => {
  await scene.add({...limit, attributes: {bytes: 1000}});
  await scene.add(latency(10_000));
  await scene.update('limit', {attributes: {bytes: 0}});
  isBetween(t, await closedAfterMs(scene), 0, 9990);
});

behaves('what a toxic drops does not come to the next', echo, async (t, scene) => {
  const silence = {type: 'timeout', name: 'silence', attributes: {timeout: 0}};
  await scene.add(silence);
  await scene.add(limit);
  const client = await scene.connect();
  client.socket.write('x');
  await (await scene.upstream.peer(0)).bytes(1);
  await sleep(80);
  t.false(client.hasEnded);
  client.socket.destroy();
  await scene.remove('silence');
  await scene.add(silence);
  await closedAfterMs(scene);
});

for (const stream of ['upstream', 'downstream'] as const) {
  behaves(`toxicity is decided per link and not per chunk, ${stream}`, echo, async (t, scene) => {
    await scene.add({type: 'limit_data', stream, toxicity: 0.5, attributes: {bytes: 4}});
    const echoed: number[] = [];
    for (let connection = 0; connection < 30; connection++) {
      const client = await scene.connect();
      try {
        for (let chunk = 0; chunk < 8; chunk++) await roundTrip(client, 'x');
      } catch {
        // Closed by the limit.
      }
      const upstream = await scene.upstream.peer(connection);
      echoed.push((stream === 'upstream' ? upstream : client).receivedBytes);
      client.socket.destroy();
    }
    // A limit that slept through some of the chunks would be met after more than 4.
    t.deepEqual([...new Set(echoed)].sort(), [4, 8]);
    const limited = echoed.filter(bytes => bytes === 4).length;
    // Outside of that in one of a million runs: twice the binomial distribution's P(X ≤ 2) for 30 tosses of a fair coin.
    t.true(limited >= 3 && limited <= 27, `${limited} of 30`);
  });
}
