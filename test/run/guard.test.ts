// The guard takes away what the harness could not.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {Household} from '../../src/run/household.ts';

test('a proxy that could not be removed is tried once more when the household stops', async t => {
  const removed: string[] = [];
  const injector = createServer((request, response) => {
    removed.push(`${request.method} ${request.url}`);
    response.writeHead(204).end();
  });
  injector.listen(0, '127.0.0.1');
  await once(injector, 'listening');
  t.teardown(() => injector.close());
  const url = `http://127.0.0.1:${(injector.address() as AddressInfo).port}`;

  const household = Household.start(process.env);
  household.watchProxy(url, 'left behind');
  household.watchProxy(url, 'gone');
  household.releaseProxy(url, 'gone');
  await household.stop();
  t.deepEqual(removed, ['DELETE /proxies/left%20behind']);
});
