// A plain relay of TCP, the least that a proxy can do in Node: what comes on one socket is piped into the other.
import {once} from 'node:events';
import {type AddressInfo, connect, createServer} from 'node:net';

const [host = '', port] = (process.argv[2] ?? '').split(':');
const server = createServer({noDelay: true}, client => {
  const upstream = connect({host, port: Number(port), noDelay: true});
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
});
server.listen({host: '127.0.0.1', port: 0, backlog: 4096});
await once(server, 'listening');
process.once('disconnect', () => process.exit());
process.send?.(`127.0.0.1:${(server.address() as AddressInfo).port}`);
