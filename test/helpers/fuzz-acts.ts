// Clients, upstreams and toxics of all types that come and go at random, for so long.
import {setTimeout as sleep} from 'node:timers/promises';
import {connect as connectTls, type TLSSocket} from 'node:tls';
import test from 'ava';
import {startInjector} from '../../src/faults/server/injector.ts';
import {createRandom} from '../../src/faults/server/random.ts';
import type {ProxyWitness} from '../../src/model/proxy-witness.ts';
import {anyRequest, anyResponse, anyToxic, pick} from './fuzz-traffic.ts';
import {heldBefore, heldOnly} from './held-handles.ts';
import {connectTo, echo, type Peer, startUpstream} from './proxy-sockets.ts';
import {until} from './run-until.ts';
import {api, type ProxyJson, send} from './toxiproxy-request.ts';

const names = ['a', 'b', 'c', 'd'];
const path = '/foulweather/proxies/p/witness';

/** Seeded: what is done can be repeated, though not when it happens. */
export const comeAndGo = test.macro(async (t, seed: number, fuzzMs: number) => {
  t.timeout(fuzzMs + 60_000); // The kernel tries a connect that hung again after seconds only.
  const before = await heldBefore();
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed, metrics: true});
  const random = createRandom([seed, 'data']);
  const upstream = await startUpstream(peer => {
    const fate = random();
    if (fate < 0.1) peer.socket.resetAndDestroy();
    else if (fate < 0.2) peer.socket.end('bye');
    else if (fate < 0.3) peer.socket.pause();
    else if (fate < 0.6) peer.socket.on('data', () => peer.socket.write(anyResponse(random)));
    else echo(peer);
  });
  // Where it fails, nothing may stay open: its process would not end.
  t.teardown(async () => {
    await Promise.allSettled([injector.close(), upstream.close()]);
  });
  const body = {name: 'p', listen: '127.0.0.1:0', upstream: upstream.address};
  let {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  const clients: Peer[] = [];
  const handshakes: TLSSocket[] = [];
  const types = new Set<string>();
  let added = 0;
  let changes = 0;
  let lateWrites = 0;

  const connecting: Promise<unknown>[] = [];
  const connect = async (): Promise<void> => {
    // A flapping proxy refuses, one that goes down resets, and with blackhole_syn a connect hangs until it is removed.
    const client = connectTo(listen, {allowHalfOpen: random() < 0.5}).then(
      connected => clients.push(connected),
      () => undefined,
    );
    connecting.push(client);
    await Promise.race([client, sleep(50, undefined, {ref: false})]);
  };
  const handshake = (): void => {
    const port = Number(listen.slice(listen.lastIndexOf(':') + 1));
    const socket = connectTls({host: '127.0.0.1', port, rejectUnauthorized: false}, () => socket.write('x'));
    socket.on('error', () => undefined);
    handshakes.push(socket);
  };
  const live = (): Peer['socket'] | undefined => {
    const socket = pick(random, clients)?.socket;
    return socket?.destroyed || socket?.writableEnded ? undefined : socket;
  };
  /** To a side that has sent its FIN, or is gone without a word. */
  const writeLate = (peers: readonly Peer[]): void => {
    const peer = pick(random, peers);
    if (peer === undefined || !(peer.hasEnded || peer.socket.destroyed)) return;
    lateWrites++;
    peer.socket.write(anyRequest(random), () => undefined);
  };
  /** A proxy that is down gives its port up; where another process was given it meanwhile, it takes another one. */
  const enable = async (proxy: Partial<ProxyJson>): Promise<void> => {
    const answer = await send(injector.url, {method: 'POST', path: '/proxies/p', body: proxy});
    if (answer.status === 200) ({listen} = JSON.parse(answer.body) as ProxyJson);
    else if (!answer.body.includes('address already in use')) t.fail(`${answer.status} ${answer.body}`);
    else await enable({...proxy, listen: '127.0.0.1:0'});
  };
  const change = async (method: string, place: string, json?: unknown): Promise<number> => {
    const {status, body} = await send(injector.url, {
      method,
      path: `/proxies/p${place}`,
      ...(json !== undefined && {body: json}),
    });
    if (status === 500 && body.includes('address already in use')) await enable({enabled: true});
    else t.true([200, 204, 400, 404, 409].includes(status), `${method} ${place} ${json}: ${status} ${body}`);
    changes++;
    return status;
  };
  const add = async (): Promise<void> => {
    const toxic = anyToxic(random, added++, names);
    if ((await change('POST', '/toxics', toxic)) === 200) types.add(JSON.parse(toxic).type);
  };
  /** Lets it meet data both ways, alone. */
  const addAndTry = async (): Promise<void> => {
    for (const name of names) await change('DELETE', `/toxics/${name}`);
    await add();
    await connect();
    clients.at(-1)?.socket.write(anyRequest(random));
    await Promise.race([
      clients
        .at(-1)
        ?.bytes(1)
        .catch(() => undefined),
      sleep(5, undefined, {ref: false}),
    ]);
  };
  const acts: (() => unknown)[] = [
    connect,
    connect,
    handshake,
    () => live()?.write(anyRequest(random)),
    () => live()?.write(anyRequest(random)),
    () => live()?.write('x'),
    () => live()?.end('y'),
    () => live()?.destroy(),
    () => live()?.resetAndDestroy(),
    () => live()?.pause(),
    () => writeLate(clients),
    () => writeLate(upstream.peers),
    add,
    addAndTry,
    () => change('POST', `/toxics/${pick(random, names)}`, anyToxic(random, added++, names)),
    () => change('DELETE', `/toxics/${pick(random, names)}`),
    () => change('DELETE', `/toxics/${pick(random, names)}`),
    () =>
      random() < 0.1 && change('POST', '', {upstream: pick(random, [upstream.address, '127.0.0.1:1', 'x'])}),
    async () => {
      if (random() > 0.1) return;
      await change('POST', '', {enabled: false});
      await enable({enabled: true, upstream: upstream.address});
    },
  ];
  const endMs = performance.now() + fuzzMs;
  let count = 0;
  const isEnough = (): boolean => count > 100 && types.size > 10 && lateWrites > 0;
  const goesOn = (): boolean =>
    performance.now() < endMs || (!isEnough() && performance.now() < endMs + 20_000);
  for (; goesOn(); count++) await pick(random, acts)();
  t.log(
    `${count} acts, ${clients.length} clients, ${changes} changes, ${lateWrites} late writes, ${types.size} types`,
  );
  t.true(isEnough());

  await api(injector.url, 'POST', '/reset');
  await api(injector.url, 'POST', '/proxies/p', {upstream: upstream.address});
  await Promise.all(connecting);
  for (const {socket} of clients) socket.destroy();
  for (const socket of handshakes) socket.destroy();
  const witness = (): Promise<ProxyWitness> => api(injector.url, 'GET', path);
  await until(async () => (await witness()).openConnections === 0, 30_000, 'no open connection');
  const {failedConnections, lastFailure} = await witness();
  t.is(failedConnections, 0, lastFailure ?? '');
  await injector.close();
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});
