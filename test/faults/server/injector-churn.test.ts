// Connections that come and go leave nothing behind: no socket, no timer, no growing memory.

import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {leavesNothing} from '../../helpers/connection-churn.ts';
import {heldBefore, heldOnly} from '../../helpers/held-handles.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';

test.serial('after 1,500 connections sockets and timers are back to where they were', leavesNothing, 1500);

test.serial('closing the injector ends connections in every state, and their timers', async t => {
  const before = await heldBefore();
  const upstream = await startUpstream(echo);
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 3});
  const body = {name: 'p', listen: '127.0.0.1:0', upstream: upstream.address};
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  const hour = 3_600_000;
  for (const [type, attributes] of [
    ['latency', {latency: hour}],
    ['timeout', {timeout: hour}],
    ['reset_peer', {timeout: hour}],
    ['bandwidth', {rate: 0}],
    ['slow_close', {delay: hour}],
  ] as const) {
    await api(injector.url, 'POST', '/proxies/p/toxics', {type, attributes});
    const client = await connectTo(listen);
    client.socket.write('x');
    if (type === 'slow_close') client.socket.end();
    await api(injector.url, 'GET', '/proxies/p');
    if (type !== 'slow_close') await api(injector.url, 'DELETE', `/proxies/p/toxics/${type}_downstream`);
  }
  await api(injector.url, 'POST', '/proxies/p/toxics', {type: 'latency', attributes: {latency: hour}});
  const clients = await Promise.all(Array.from({length: 20}, () => connectTo(listen)));
  for (const {socket} of clients) socket.write('x');
  await injector.close();
  await Promise.all(clients.map(client => client.closed));
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});
