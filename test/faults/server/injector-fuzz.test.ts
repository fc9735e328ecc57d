// Whatever clients and upstreams do while toxics of all types come and go, the injector neither crashes nor hangs, no toxic
// fails, and nothing is left behind. Seeded: what is done can be repeated, though not when it happens.

import {setTimeout as sleep} from 'node:timers/promises';
import {connect as connectTls, type TLSSocket} from 'node:tls';
import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {createRandom} from '../../../src/faults/server/random.ts';
import type {ToxicType} from '../../../src/faults/server/toxic-type.ts';
import {toxicTypes} from '../../../src/faults/server/toxics/registry.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {
  anyRequest,
  anyResponse,
  anyToxic,
  floats,
  hello,
  pick,
  requests,
} from '../../helpers/fuzz-traffic.ts';
import {heldBefore, heldOnly} from '../../helpers/held-handles.ts';
import {connectTo, echo, type Peer, startUpstream} from '../../helpers/proxy-sockets.ts';
import {until} from '../../helpers/run-until.ts';
import {api, type ProxyJson, send} from '../../helpers/toxiproxy-request.ts';

const seed = 20_261;
const fuzzMs = 4000;
const names = ['a', 'b', 'c', 'd'];
const path = '/foulweather/proxies/p/witness';

test.serial('clients, upstreams and toxics of all types come and go', async t => {
  t.timeout(60_000); // The kernel tries a connect that hung again after seconds only.
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
  /** To a side that has said farewell, or is gone without a word. */
  const writeLate = (peers: readonly Peer[]): void => {
    const peer = pick(random, peers);
    if (peer === undefined || !(peer.hasEnded || peer.socket.destroyed)) return;
    lateWrites++;
    peer.socket.write(anyRequest(random), () => undefined);
  };
  const change = async (method: string, place: string, json?: unknown): Promise<number> => {
    const {status, body} = await send(injector.url, {
      method,
      path: `/proxies/p${place}`,
      ...(json !== undefined && {body: json}),
    });
    t.true([200, 204, 400, 404, 409].includes(status), `${method} ${place} ${json}: ${status} ${body}`);
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
      const proxy = {enabled: true, upstream: upstream.address};
      ({listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies/p', proxy));
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
  await until(async () => (await witness()).openConnections === 0, 10_000, 'no open connection');
  const {failedConnections, lastFailure} = await witness();
  t.is(failedConnections, 0, lastFailure ?? '');
  await injector.close();
  await upstream.close();
  t.deepEqual(await heldOnly(before), before);
});

/** Each number of each type at its extremes, the other attributes as they are, alone on a connection with data both ways. */
test.serial('no number makes a toxic fail', async t => {
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed});
  const upstream = await startUpstream(echo);
  let tried = 0;
  const tryAll = async ({name, attributes}: ToxicType): Promise<void> => {
    const body = {name, listen: '127.0.0.1:0', upstream: upstream.address};
    const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
    const numbers = Object.entries(attributes).filter(([, {kind}]) => kind !== 'string' && kind !== 'bool');
    for (const [attribute] of numbers) {
      for (const number of floats) {
        const json = `{"type":"${name}","name":"x","attributes":{"${attribute}":${number}}}`;
        const toxics = `/proxies/${name}/toxics`;
        const {status} = await send(injector.url, {method: 'POST', path: toxics, body: json});
        t.true(status === 200 || status === 400, `${json}: ${status}`);
        if (status !== 200) continue;
        tried++;
        const client = await connectTo(listen).catch(() => undefined);
        client?.socket.write(name.startsWith('tls') ? hello : requests[0]!);
        await Promise.race([client?.bytes(1).catch(() => undefined), sleep(20)]);
        client?.socket.destroy();
        await api(injector.url, 'DELETE', `${toxics}/x`);
      }
    }
    const witness = await api<ProxyWitness>(injector.url, 'GET', `/foulweather/proxies/${name}/witness`);
    t.is(witness.failedConnections, 0, witness.lastFailure ?? '');
  };
  await Promise.all([...toxicTypes.values()].map(tryAll));
  t.log(`${tried} toxics`);
  t.true(tried > 100);
  await injector.close();
  await upstream.close();
});
