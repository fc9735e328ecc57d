// All faults beyond Toxiproxy's at once: they come and go under traffic, and leave no socket and no timer behind.

import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {hello} from '../../helpers/fuzz-traffic.ts';
import {heldBefore, heldOnly} from '../../helpers/held-handles.ts';
import type {Toxic} from '../../helpers/proxy-scene.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';

const connections = 300;
const said = ['\0hello', 'PUT /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello', hello];

const hour = 3_600_000;
const storm: readonly Toxic[] = [
  {type: 'stall', toxicity: 0.2, attributes: {bytes: 3}},
  {type: 'half_open', toxicity: 0.2, attributes: {ms: 5}},
  {type: 'half_open', stream: 'upstream', toxicity: 0.1},
  {type: 'half_close', toxicity: 0.2, attributes: {bytes: 2}},
  {type: 'reset_after', toxicity: 0.2, attributes: {bytes: 4}},
  {type: 'corrupt', toxicity: 0.5, attributes: {rate: 100}},
  {type: 'limit_connections', toxicity: 0.9, attributes: {connections: 20, unanswered: true}},
  {type: 'blackhole', toxicity: 0.1},
  {type: 'flap', attributes: {down: 10, up: 40}, start_after: 20},
  {type: 'latency', attributes: {latency: 1}, start_after: 30, duration: 50},
  {type: 'http_fault', toxicity: 0.3, attributes: {stage: 'request', action: 'hang'}},
  {type: 'http_status', toxicity: 0.5},
  {type: 'tls_certificate', toxicity: 0.5, attributes: {problem: 'expired'}},
  {type: 'tls_close', toxicity: 0.5},
];

test.serial('sockets and timers are back to where they were', async t => {
  const before = await heldBefore();
  const upstream = await startUpstream(echo);
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 5});
  const body = {name: 'p', listen: '127.0.0.1:0', upstream: upstream.address};
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  const toxics = storm.map((toxic, index) => ({...toxic, name: `${index}-${toxic.type}`}));
  let tried = 0;
  let isOver = false;
  const worker = async () => {
    while (!isOver) {
      const client = await connectTo(listen).catch(() => undefined);
      if (client === undefined) {
        await turn();
        continue;
      }
      const style = tried++ % 3;
      client.socket.write(said[tried % said.length]!);
      await Promise.race([client.bytes(5).catch(() => undefined), client.ended(), turn()]);
      if (style === 0) client.socket.destroy();
      else if (style === 1) client.socket.resetAndDestroy();
      else client.socket.end();
    }
  };
  const change = async () => {
    while (!isOver) {
      for (const toxic of toxics) await api(injector.url, 'POST', '/proxies/p/toxics', toxic);
      for (const {name, attributes} of toxics.toReversed()) {
        await api(injector.url, 'POST', `/proxies/p/toxics/${name}`, {toxicity: 0.5, attributes});
        await api(injector.url, 'DELETE', `/proxies/p/toxics/${name}`);
      }
    }
  };
  const path = '/foulweather/proxies/p/witness';
  const witness = (): Promise<ProxyWitness> => api(injector.url, 'GET', path);
  const working = [change(), ...Array.from({length: 20}, worker)];
  // Not all connects are accepted: a listener that is shut resets those that still wait.
  await until(async () => (await witness()).openedConnections >= connections, 20_000, 'so many connections');
  isOver = true;
  await Promise.all(working);
  await until(async () => (await witness()).openConnections === 0, 10_000, 'no open connection');
  const {failedConnections, lastFailure} = await witness();
  t.is(failedConnections, 0, lastFailure ?? '');
  t.is((await heldOnly([...before, 'api', 'proxy', 'upstream'])).length, before.length + 3);
  await injector.close();
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});

test.serial('closing the injector ends whatever its faults were waiting for', async t => {
  const before = await heldBefore();
  const upstream = await startUpstream(echo);
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 5});
  const clients = [];
  for (const [index, toxic] of [
    {type: 'stall'},
    {type: 'stall', attributes: {ms: hour}},
    {type: 'half_open'},
    {type: 'half_close'},
    {type: 'reset_after', attributes: {ms: hour}},
    {type: 'blackhole'},
    {type: 'limit_connections', attributes: {connections: 0, unanswered: true}},
    {type: 'flap', start_after: hour},
    {type: 'noop', duration: hour},
    {type: 'http_fault', attributes: {stage: 'request', action: 'hang'}},
    {type: 'http_status', attributes: {status: 503, close: true}},
    {type: 'tls_alert'},
    {type: 'tls_certificate'},
  ].entries()) {
    const name = `p${index}`;
    const body = {name, listen: '127.0.0.1:0', upstream: upstream.address};
    const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
    await api(injector.url, 'POST', `/proxies/${name}/toxics`, toxic);
    const client = await connectTo(listen, {allowHalfOpen: true});
    const [request = '', handshake = ''] = said.slice(1);
    client.socket.write(toxic.type.startsWith('tls') ? handshake : request);
    clients.push(client);
  }
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', {
    name: 'flapping',
    listen: '127.0.0.1:0',
    upstream: upstream.address,
  });
  await api(injector.url, 'POST', '/proxies/flapping/toxics', {type: 'flap', attributes: {down: hour}});
  await t.throwsAsync(connectTo(listen), {code: 'ECONNREFUSED'});
  await injector.close();
  for (const {socket} of clients) socket.destroy();
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});
