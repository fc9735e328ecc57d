// Rules on packets, as the kernels of clients meet them: each test in a network namespace of its own.
import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {launch, probed} from '../../helpers/own-network.ts';
import {api, send} from '../../helpers/toxiproxy-request.ts';

type Hit = {readonly actions: number; readonly connectionsHit: number};

if (launch !== null) {
  const unreachableFor = test.macro({
    title: (_title, reason: string, code: string) =>
      `unreachable, ${reason}: a connect fails with ${code} in Node and Python`,
    async exec(t, reason: string, code: string) {
      const {hit, ...seen} = await probed('unreachable', reason);
      t.deepEqual(seen, {node: code, python: code, isLiveSilent: true, after: 'connected'});
      const {actions, connectionsHit} = hit as Hit;
      t.true(actions >= 3, String(actions));
      t.is(connectionsHit, 1);
    },
  });
  test(unreachableFor, 'host', 'EHOSTUNREACH');
  test(unreachableFor, 'net', 'ENETUNREACH');
  test(unreachableFor, 'port', 'ECONNREFUSED');
  test(unreachableFor, 'admin', 'EHOSTUNREACH');

  test('partition: a connect stays in SYN-SENT, a live connection is silent, and both go on when it ends', async t => {
    const {hit, ...seen} = await probed('partition');
    t.deepEqual(seen, {
      connecting: 'hangs',
      during: null,
      state: {synSent: 1, isOpen: true},
      later: 'connected',
      line: 'a\n',
    });
    t.true((hit as Hit).actions >= 2);
    t.is((hit as Hit).connectionsHit, 1);
  });

  const oneWay = test.macro({
    title: (_title, direction: string, served: number) =>
      `partition, ${direction}: ${served === 1 ? 'the request arrives' : 'no request arrives'}, and no answer`,
    async exec(t, direction: string, served: number) {
      t.like(await probed('oneWay', direction), {answered: null, served, hit: {connectionsHit: 1}});
    },
  });
  test(oneWay, 'upstream', 0);
  test(oneWay, 'downstream', 1);

  test('packet loss: what is lost comes again after the kernel’s retransmission time, and nothing fails', async t => {
    const {count, p90, hit} = await probed('loss');
    t.is(count, 60);
    // A lost packet of data comes again after 200 ms, a lost SYN after 1 s.
    t.true((p90 as number) >= 200, `p90 ${p90} ms`);
    // A quarter gets through without a loss: 60 exchanges of four packets or more.
    t.true((hit as Hit).actions >= 30, String((hit as Hit).actions));
    t.true((hit as Hit).connectionsHit >= 20, String((hit as Hit).connectionsHit));
  });

  test('an MTU black hole: short lines are answered, a long one hangs, and arrives when it ends', async t => {
    const {hit, ...seen} = await probed('mtu');
    t.deepEqual(seen, {isShortAnswered: true, long: null, later: 'arrives'});
    t.true((hit as Hit).actions >= 1);
  });

  test('a rule is in force for its time only, and is gone afterwards', async t => {
    const {hit, ...seen} = await probed('schedule');
    t.deepEqual(seen, {isAnsweredBefore: true, during: true, isAnsweredAfter: true, inForce: ''});
    t.true((hit as Hit).actions >= 1);
  });

  test('rules go with their proxy', async t => {
    t.deepEqual(await probed('vanish'), {during: 2, after: ''});
  });
}

test('an injector that has no network of its own refuses them', async t => {
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  t.teardown(() => injector.close());
  const toxics = '/proxies/p/toxics';
  await api(injector.url, 'POST', '/proxies', {name: 'p', listen: '127.0.0.1:0', upstream: '127.0.0.1:1'});
  for (const type of [
    'packet_loss',
    'partition',
    'unreachable',
    'mtu_black_hole',
    'dns_timeout',
    'dns_dead',
  ]) {
    const {status, body} = await send(injector.url, {method: 'POST', path: toxics, body: {type}});
    t.is(status, 400);
    t.regex(body, new RegExp(`${type} works only in the network namespace of a run on Linux`));
  }
});
