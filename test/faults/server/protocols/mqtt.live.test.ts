// Errors that an MQTT broker says, as mqtt.js sees them by both versions.
import test, {type ExecutionContext} from 'ava';
import mqtt, {type IClientOptions, type MqttClient} from 'mqtt';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

const open = async (
  t: ExecutionContext,
  scene: ServerScene,
  protocolVersion: 4 | 5,
  options: IClientOptions = {},
): Promise<MqttClient> => {
  const usual = {reconnectPeriod: 0, connectTimeout: 60_000, protocolVersion};
  const client = await mqtt.connectAsync(String(scene.address), {...usual, ...options}, false);
  client.on('error', () => {});
  t.teardown(() => void client.end(true));
  return client;
};

test('refusals of both versions', async t => {
  const scene = await ServerScene.open(t, 'mosquitto', 'mqtt');
  for (const [version, error, code] of [
    [4, '3', 3],
    [4, '5', 5],
    [5, '0x88', 0x88],
    [5, '0x9C', 0x9c],
  ] as const) {
    const toxic = {type: 'mqtt_error', attributes: {error}};
    t.like(await scene.during(toxic, () => errorOf(open(t, scene, version))), {code});
  }
  // What its version does not know is not said to a client.
  const unknown = {type: 'mqtt_error', attributes: {error: '0x88'}};
  await scene.during({...unknown, name: 'unknown'}, () => open(t, scene, 4));
  const {protocol} = await scene.witness();
  t.like(protocol, {lastUnsaid: 'unknown: MQTT 3.1.1 has no code 0x88', lostConnections: 0});
});

test('replies with a code, replies that are withheld, and ends that come unasked', async t => {
  const scene = await ServerScene.open(t, 'mosquitto', 'mqtt');
  const client = await open(t, scene, 5);
  const full = {type: 'mqtt_error', attributes: {error: '0x97', command: 'PUBLISH', key: 'things/*'}};
  await scene.during(full, async () => {
    for (const qos of [1, 2] as const) {
      const error = await errorOf(client.publishAsync('things/a', 'x', {qos}));
      t.is(error.code, 0x97, `${error.message} (QoS ${qos})`);
    }
    await client.publishAsync('others', 'x', {qos: 1});
  });
  await client.publishAsync('things/a', 'x', {qos: 1});

  const old = await open(t, scene, 4);
  const refused = {type: 'mqtt_error', attributes: {error: '0x80', command: 'SUBSCRIBE'}};
  const granted = await scene.during(refused, () =>
    old.subscribeAsync('a/b').then(
      grants => grants.map(({qos}) => Number(qos)),
      (error: Error) => error.message,
    ),
  );
  t.notDeepEqual(granted, [0], 'the subscription is refused');
  const withheld = {type: 'mqtt_error', first_n: 1, attributes: {error: 'WITHHELD', command: 'PUBLISH'}};
  await scene.during(withheld, async () => {
    const first = old.publishAsync('a', 'withheld', {qos: 1}).then(() => 'answered');
    // The broker has answered the first one before the second one is sent: the order of the two is not the question.
    await scene.untilHit('error-WITHHELD');
    await old.publishAsync('a', 'answered', {qos: 1});
    t.is(await Promise.race([first, 'open']), 'open', 'the reply to the first one never comes');
    first.catch(() => {});
  });
  const closed = new Promise(resolve => client.once('close', () => resolve(undefined)));
  await scene.during({type: 'mqtt_error', attributes: {error: '0x8B'}}, () => closed);
  const actions = (await scene.hits()).map(({action}) => action);
  for (const action of ['error-0x97', 'error-WITHHELD', 'unasked-0x8B']) {
    t.true(actions.includes(action), `${action} is not among ${actions.join(', ')}`);
  }
  const {protocol} = await scene.witness();
  t.like(protocol, {lostConnections: 0, lastLost: null}, JSON.stringify(protocol));
});
