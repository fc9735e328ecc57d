// What a flood filled is free again once its connections are gone.
import {once} from 'node:events';
import {type AddressInfo, connect, createServer} from 'node:net';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {witnessOf} from '../../helpers/proxy-faults.ts';
import {until} from '../../helpers/run-until.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';

const megabyte = 1_000_000;
const connections = 10;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const heldBytes = (): number => {
  collect();
  return process.memoryUsage().arrayBuffers;
};

test.serial('memory is given back after a flood', async t => {
  const flood = Buffer.alloc(8 * megabyte);
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.write(flood);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  t.teardown(() => injector.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const body = {name: 'p', listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
  const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
  await api(injector.url, 'POST', '/proxies/p/toxics', {type: 'latency', attributes: {latency: 600_000}});
  const beforeBytes = heldBytes();
  const [host = '', listenPort] = listen.split(':');
  const clients = Array.from({length: connections}, () => connect({host, port: Number(listenPort)}));
  t.teardown(() => {
    for (const client of clients) client.destroy();
  });
  const grown = (): number => heldBytes() - beforeBytes;
  await until(() => grown() > 70 * megabyte, 20_000, 'that the toxic holds the flood');
  // A FIN alone would leave the toxic what it holds: the other side may still read.
  for (const client of clients) client.resetAndDestroy();
  const isOver = async () =>
    (await witnessOf({url: injector.url, name: 'p'})).openConnections === 0 && grown() < 5 * megabyte;
  await until(isOver, 20_000, 'that the memory is free');
  t.true(grown() < 5 * megabyte);
});
