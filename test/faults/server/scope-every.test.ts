// every: a toxic that comes again, for live connections as for new ones.
import test from 'ava';
import {roundTrip} from '../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf, untilWitness} from '../../helpers/proxy-faults.ts';
import {echo} from '../../helpers/proxy-sockets.ts';
import {send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

test(
  'data waits while it is in force, again and again, on a live connection',
  withScene,
  echo,
  async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    const startMs = performance.now();
    await scene.add({type: 'bandwidth', name: 'b', attributes: {rate: 0}, duration: 100, every: 250});
    let longestMs = 0;
    // A machine that pauses sleeps through some of them.
    while (
      (await hitsOf(scene, 'b')).decisions < 4 ||
      (longestMs < 50 && performance.now() - startMs < 10_000)
    ) {
      longestMs = Math.max(longestMs, await roundTrip(live, 'ping'));
    }
    t.true(performance.now() - startMs >= 740, 'the fourth time comes after three periods');
    t.true(longestMs >= 50, `the longest wait was ${longestMs} ms`);
    const {decisions, applied, connectionsHit} = await hitsOf(scene, 'b');
    t.is(applied, decisions);
    t.is(connectionsHit, 1);
  },
);

test(
  'connections are turned away while it is in force, and let go when it is over',
  withScene,
  echo,
  async (t, scene) => {
    await scene.add({type: 'blackhole', name: 'b', duration: 60, every: 120});
    for (const _ of Array.from({length: 3})) {
      let wasLost = false;
      let wasServed = false;
      while (!wasLost || !wasServed) {
        const client = await scene.connect();
        client.socket.write('ping');
        await Promise.race([client.bytes(4).catch(() => undefined), client.closed]);
        if (client.receivedBytes === 4) wasServed = true;
        else wasLost = true;
        client.socket.destroy();
      }
    }
    t.true((await hitsOf(scene, 'b')).actions >= 2);
    await scene.remove('b');
    await untilWitness(scene, ({openConnections}) => openConnections === 0);
    await roundTrip(await scene.connect(), 'ping');
  },
);

const types = ['latency', 'flap', 'refuse', ...(process.platform === 'linux' ? ['blackhole_syn'] : [])];
for (const type of types) {
  test(`${type}: the dice are rolled anew each time`, withScene, echo, async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    await scene.add({type, name: 'd', toxicity: 0.5, duration: 10, every: 20});
    await untilWitness(scene, ({faults}) => faults['d']!.decisions >= 30);
    const {decisions, applied} = await hitsOf(scene, 'd');
    t.true(applied > 3 && applied < decisions - 3, `${applied} of ${decisions}`);
  });
}

for (const scope of [{every: 100}, {every: 100, duration: 100}, {every: 100, duration: 0}]) {
  test(`${JSON.stringify(scope)} is refused`, withScene, echo, async (t, scene) => {
    const body = {type: 'noop', ...scope};
    const answer = await send(scene.url, {
      method: 'POST',
      path: `/proxies/${scene.name}/toxics`,
      body: body,
    });
    t.is(answer.status, 400);
    t.true(answer.body.includes('every needs a duration'), answer.body);
  });
}
