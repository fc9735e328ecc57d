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
  const usual = {reconnectPeriod: 0, connectTimeout: 3000, protocolVersion};
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
    t.like(await errorOf(client.publishAsync('things/a', 'x', {qos: 1})), {code: 0x97});
    t.like(await errorOf(client.publishAsync('things/a', 'x', {qos: 2})), {code: 0x97});
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
  t.notDeepEqual(granted, [0]);
  const withheld = {type: 'mqtt_error', first_n: 1, attributes: {error: 'WITHHELD', command: 'PUBLISH'}};
  await scene.during(withheld, async () => {
    const first = old.publishAsync('a', 'withheld', {qos: 1}).then(() => 'answered');
    await old.publishAsync('a', 'answered', {qos: 1});
    t.is(await Promise.race([first, 'open']), 'open');
    first.catch(() => {});
  });
  const closed = new Promise(resolve => client.once('close', () => resolve(undefined)));
  await scene.during({type: 'mqtt_error', attributes: {error: '0x8B'}}, () => closed);
  const actions = (await scene.hits()).map(({action}) => action);
  t.true(actions.includes('error-0x97') && actions.includes('error-WITHHELD'));
  t.true(actions.includes('unasked-0x8B'));
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});
