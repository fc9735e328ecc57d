// The guard takes away what the harness could not.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import test from 'ava';
import {Supervisor} from '../../src/run/processes/supervisor.ts';

test('a proxy that could not be removed is tried once more when the supervisor stops', async t => {
  const removed: string[] = [];
  const injector = createServer((request, response) => {
    removed.push(`${request.method} ${request.url}`);
    response.writeHead(204).end();
  });
  injector.listen(0, '127.0.0.1');
  await once(injector, 'listening');
  t.teardown(() => injector.close());
  const url = `http://127.0.0.1:${(injector.address() as AddressInfo).port}`;

  const supervisor = Supervisor.start(process.env);
  supervisor.watchProxy(url, 'left behind');
  supervisor.watchProxy(url, 'gone');
  supervisor.releaseProxy(url, 'gone');
  await supervisor.stop();
  t.deepEqual(removed, ['DELETE /proxies/left%20behind']);
});
