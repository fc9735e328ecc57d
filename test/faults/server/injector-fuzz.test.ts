// Whatever clients and upstreams do while toxics of all types come and go, the injector neither crashes nor hangs, no toxic
// fails, and nothing is left behind.

import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import type {ToxicType} from '../../../src/faults/server/toxic-type.ts';
import {toxicTypes} from '../../../src/faults/server/toxics/registry.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {comeAndGo} from '../../helpers/fuzz-acts.ts';
import {floats, hello, requests} from '../../helpers/fuzz-traffic.ts';
import {connectTo, echo, startUpstream} from '../../helpers/proxy-sockets.ts';
import {api, type ProxyJson, send} from '../../helpers/toxiproxy-request.ts';

const seed = 20_261;

test.serial('clients, upstreams and toxics of all types come and go', comeAndGo, seed, 1500);

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
