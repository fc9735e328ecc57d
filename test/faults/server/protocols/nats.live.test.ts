// Errors that a NATS server says, as its own client sees them.
import {connect, type NatsConnection} from '@nats-io/transport-node';
import test, {type ExecutionContext} from 'ava';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

const open = async (t: ExecutionContext, scene: ServerScene): Promise<NatsConnection> => {
  const connection = await connect({servers: `127.0.0.1:${scene.port}`, reconnect: false, timeout: 60_000});
  t.teardown(() => connection.close());
  return connection;
};

test('requests that nobody answers, and errors of JetStream', async t => {
  const scene = await ServerScene.open(t, 'nats', 'nats');
  const connection = await open(t, scene);
  const service = connection.subscribe('work.*', {
    callback: (_error, message) => void message.respond('done'),
  });
  await connection.flush();
  const ask = () => connection.request('work.defaults-1-7', 'x', {timeout: 30_000});
  t.is((await ask()).string(), 'done');
  const attributes = {error: '503', command: 'PUB HPUB', key: 'work.*'};
  const failed = await scene.during({type: 'nats_error', first_n: 1, attributes}, () => errorOf(ask()));
  t.regex(`${failed.name} ${failed.message}`, /no ?responders/i);
  const jetStream = {error: '10008', key: 'work.*', command: 'PUB HPUB'};
  const answer = await scene.during({type: 'nats_error', first_n: 1, attributes: jetStream}, ask);
  t.like(answer.json<{error: object}>(), {error: {code: 503, err_code: 10_008}});
  t.is((await ask()).string(), 'done');
  service.unsubscribe();
  const hits = await scene.hits();
  t.like(hits[0], {path: 'work.defaults-1-7', operationId: 'defaults-1-7', action: 'error-503'});
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});

test('a server that refuses, goes lame, and leaves', async t => {
  const scene = await ServerScene.open(t, 'nats', 'nats');
  const refused = {type: 'nats_error', attributes: {error: 'AUTHORIZATION_VIOLATION'}};
  t.regex((await scene.during(refused, () => errorOf(open(t, scene)))).message, /authorization/i);
  const connection = await open(t, scene);
  const lame = (async () => {
    for await (const {type} of connection.status()) if (type === 'ldm') return type;
    return null;
  })();
  t.is(await scene.during({type: 'nats_error', attributes: {error: 'LAME_DUCK'}}, () => lame), 'ldm');
  const closed = connection.closed();
  await scene.during({type: 'nats_error', attributes: {error: 'STALE_CONNECTION'}}, () => closed);
  t.true((await scene.hits()).some(({action}) => action === 'unasked-STALE_CONNECTION'));
});
