// Thousands of connections that come and go through toxics of all kinds, of which nothing may be left behind.
import test from 'ava';
import {type Injector, startInjector} from '../../src/faults/server/injector.ts';
import type {ProxyWitness} from '../../src/model/proxy-witness.ts';
import {hello} from './fuzz-traffic.ts';
import {heldBefore, heldOnly} from './held-handles.ts';
import {connectTo, echo, startUpstream, type Upstream} from './proxy-sockets.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

/** What clients say: the first is neither a request nor a handshake. */
const said = ['\0hello', 'GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n', hello];

async function churn(injector: Injector, upstream: Upstream, connections: number): Promise<void> {
  const body = {name: 'p', listen: '127.0.0.1:0', upstream: upstream.address};
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  const toxics = [
    {type: 'latency', name: 'slow', toxicity: 0.3, attributes: {latency: 3, jitter: 2}},
    {type: 'timeout', name: 'lost', toxicity: 0.1, attributes: {timeout: 20}},
    {type: 'reset_peer', name: 'rst', toxicity: 0.1, stream: 'upstream', attributes: {timeout: 2}},
    {type: 'slow_close', name: 'late', toxicity: 0.2, attributes: {delay: 5}},
    {type: 'limit_data', name: 'cut', toxicity: 0.1, attributes: {bytes: 3}},
    {type: 'bandwidth', name: 'thin', toxicity: 0.2, stream: 'upstream', attributes: {rate: 1}},
    {type: 'http_status', name: 'busy', toxicity: 0.5, attributes: {status: 503, close: true}},
    {type: 'tls_alert', name: 'alert', toxicity: 0.5},
  ];
  for (const toxic of toxics) await api(injector.url, 'POST', '/proxies/p/toxics', toxic);
  let opened = 0;
  const worker = async () => {
    while (opened < connections) {
      const style = opened++ % 4;
      const client = await connectTo(listen);
      client.socket.write(said[opened % said.length]!);
      if (style === 0) client.socket.destroy();
      else if (style === 1) client.socket.resetAndDestroy();
      else if (style === 2) client.socket.end();
      else await Promise.race([client.bytes(3).catch(() => undefined), client.closed]);
      client.socket.end();
      await client.closed;
    }
  };
  await Promise.all(Array.from({length: 40}, worker));
}

export const leavesNothing = test.macro(async (t, connections: number) => {
  t.timeout(120_000); // on a busy machine
  const before = await heldBefore();
  const upstream = await startUpstream(echo);
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 3});
  await churn(injector, upstream, connections);
  const path = '/foulweather/proxies/p/witness';
  let witness = await api<ProxyWitness>(injector.url, 'GET', path);
  while (witness.openConnections > 0) witness = await api<ProxyWitness>(injector.url, 'GET', path);
  t.is(witness.openedConnections, connections);
  t.is(witness.failedConnections, 0, witness.lastFailure ?? '');
  for (const [name, {decisions, connectionsHit}] of Object.entries(witness.faults)) {
    // Those two are for requests and handshakes, of which some are cut before they come. A client that is gone before the
    // upstream is reached meets none of the others, which happens where the machine is busy.
    const least = name === 'busy' || name === 'alert' ? connections / 10 : connections * 0.9;
    t.true(decisions > least && decisions <= connections, `${name}: ${decisions}`);
    t.true(connectionsHit > 0);
  }
  // All connections are closed while the proxy and its toxics are still there: only three listeners remain.
  t.is((await heldOnly([...before, 'api', 'proxy', 'upstream'])).length, before.length + 3);
  await injector.close();
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});
