// ramp_to and ramp_over: attributes that go evenly to another value, for live connections as for new ones.
import test from 'ava';
import {isBetween, pattern, roundTrip, slackMs} from '../../helpers/proxy-behaviours.ts';
import {faultScenes} from '../../helpers/proxy-faults.ts';
import {echo, type Peer} from '../../helpers/proxy-sockets.ts';
import {send} from '../../helpers/toxiproxy-request.ts';

const withScene = faultScenes();

test(
  'a latency rises on a live connection, and stays at its end for new ones',
  withScene,
  echo,
  async (t, scene) => {
    const live = await scene.connect();
    await roundTrip(live, 'ping');
    const ramp = {ramp_to: {latency: 200}, ramp_over: 600};
    await scene.add({type: 'latency', name: 'l', attributes: {latency: 0}, ...ramp});
    const addedMs = performance.now();
    for (let elapsedMs = 0; elapsedMs < 650; elapsedMs = performance.now() - addedMs) {
      const tookMs = await roundTrip(live, 'ping');
      isBetween(t, tookMs, (Math.min(elapsedMs, 600) / 600) * 200 - 1, 200 + slackMs);
    }
    isBetween(t, await roundTrip(live, 'ping'), 199, 200 + slackMs);
    isBetween(t, await roundTrip(await scene.connect(), 'ping'), 199, 200 + slackMs);
    t.like(await scene.call('GET', '/toxics/l'), {attributes: {latency: 0, jitter: 0}, ...ramp});
  },
);

test('a latency falls, too', withScene, echo, async (t, scene) => {
  const live = await scene.connect();
  const startMs = performance.now();
  await scene.add({type: 'latency', attributes: {latency: 600}, ramp_to: {latency: 0}, ramp_over: 600});
  // Whenever the first is answered, what is left of the latency by then is what is left of the 600 ms.
  await roundTrip(live, 'ping');
  t.true(performance.now() - startMs >= 599);
  while ((await roundTrip(live, 'ping')) >= 100) t.pass('it is still falling');
});

/** Sends 60 KB as soon as a client is there. */
const speak = ({socket}: Peer): void => {
  socket.write(pattern(60_000));
};

test('a bandwidth grows within one answer of a live connection', withScene, speak, async (t, scene) => {
  const startMs = performance.now();
  await scene.add({type: 'bandwidth', attributes: {rate: 5}, ramp_to: {rate: 220}, ramp_over: 1000});
  const client = await scene.connect();
  await client.bytes(60_000);
  // At 5 KB/s it would take 12 s, at 220 KB/s 0.27 s; the ramp has let 60 KB through after 0.7 to 0.9 s.
  isBetween(t, performance.now() - startMs, 400, 6000);
  t.deepEqual(client.received, pattern(60_000));
});

const refused: readonly (readonly [why: string, toxic: object])[] = [
  ['ramp_to and ramp_over need each other', {type: 'latency', ramp_to: {latency: 1}}],
  ['ramp_to and ramp_over need each other', {type: 'latency', ramp_over: 1}],
  ['ramp_over must be at least 1 ms', {type: 'latency', ramp_to: {latency: 1}, ramp_over: 0}],
  ['delay of slow_close has no ramp', {type: 'slow_close', ramp_to: {delay: 1}, ramp_over: 1}],
  ['a ramp of rate needs values of at least 1', {type: 'bandwidth', ramp_to: {rate: 1}, ramp_over: 1}],
  [
    'a ramp of rate needs values of at least 1',
    {type: 'bandwidth', attributes: {rate: 1}, ramp_to: {rate: 0}, ramp_over: 1},
  ],
];

for (const [why, toxic] of refused) {
  test(`${JSON.stringify(toxic)}: ${why}`, withScene, echo, async (t, scene) => {
    const {status, body} = await send(scene.url, {
      method: 'POST',
      path: `/proxies/${scene.name}/toxics`,
      body: toxic,
    });
    t.is(status, 400);
    t.true(body.includes(why), body);
    t.deepEqual(await scene.call('GET', '/toxics'), []);
  });
}
