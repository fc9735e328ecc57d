// Names, as the resolvers of clients meet them: each test in a network namespace of its own.
import test from 'ava';
import {launch, probed} from '../../helpers/own-network.ts';

type Answers = {
  /** getaddrinfo in Node and in Python, c-ares in Node: addresses, or the error. */
  readonly node: string;
  readonly python: string;
  readonly cares: string;
  /** What becomes of a connect by name. */
  readonly connecting: string;
};

const live = '127.0.128.1';

if (launch !== null) {
  const answered = test.macro({
    title: title => `names: ${title}`,
    async exec(t, fault: string, expected: Answers) {
      const {hit, ms, ...seen} = await probed('lookup', fault);
      t.deepEqual(seen, expected);
      if (fault !== 'calm') t.true((hit as {readonly actions: number}).actions >= 3, JSON.stringify(hit));
    },
  });
  const all = (found: string, connecting: string): Answers => ({
    node: found,
    python: found,
    cares: found,
    connecting,
  });

  test('without a fault the address is that of the proxy', answered, 'calm', all(live, 'connected'));
  test('servfail', answered, 'dnsServfail', {
    node: 'EAI_AGAIN',
    python: 'EAI_AGAIN',
    cares: 'ESERVFAIL',
    connecting: 'EAI_AGAIN',
  });
  test('nxdomain', answered, 'dnsNxdomain', {
    node: 'ENOTFOUND',
    python: 'EAI_NONAME',
    cares: 'ENOTFOUND',
    connecting: 'ENOTFOUND',
  });
  test('no address', answered, 'dnsEmpty', {
    node: 'ENOTFOUND',
    python: 'EAI_NODATA',
    cares: 'ENODATA',
    connecting: 'ENOTFOUND',
  });
  test('a stale address: connects hang', answered, 'dnsStale', all('127.0.0.64', 'hangs'));
  test(
    'dead addresses come first, and Node goes on to the live one',
    answered,
    'deadAddresses',
    all(`127.0.0.64 127.0.0.65 ${live}`, 'connected'),
  );
  test('an address that refuses comes first', answered, 'refusing', all(`127.0.0.128 ${live}`, 'connected'));

  test('names: a slow name server', async t => {
    const {ms, ...seen} = await probed('lookup', 'dnsSlow');
    t.like(seen, all(live, 'connected'));
    t.true((ms as number) >= 700, String(ms));
  });

  test('names: the resolver asks a silent name server again after its 5 s', async t => {
    const {ms, node} = await probed('lookup', 'dnsTimeout');
    t.is(node, live);
    t.true((ms as number) >= 4900, String(ms));
  });

  test('names: a client that keeps an address beyond its TTL is seen, and the harness’s own query is not counted', async t => {
    t.deepEqual(await probed('kept'), {queries: 2, ttlSeconds: 5, connectionsBeyondTtl: 1});
  });
}
