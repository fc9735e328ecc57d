// The servers behind the proxies, in a process of their own: one echoes, one sends as many bytes as it is asked for.
import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import type {TargetAddresses} from './protocol.ts';

const block = Buffer.alloc(256 * 1024, 'x');

const listen = async (serve: (socket: Socket) => void): Promise<string> => {
  const server = createServer({noDelay: true}, socket => {
    socket.on('error', () => socket.destroy()); // a client that is done resets what is still on its way
    serve(socket);
  });
  server.listen({host: '127.0.0.1', port: 0, backlog: 4096});
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const echo = await listen(socket => {
  socket.on('data', data => socket.write(data));
});

const source = await listen(socket => {
  socket.once('data', async asked => {
    let left = Number(asked.toString());
    while (left > 0 && !socket.destroyed) {
      const part = block.subarray(0, Math.min(left, block.length));
      left -= part.length;
      if (!socket.write(part)) await once(socket, 'drain');
    }
  });
});

process.once('disconnect', () => process.exit());
const addresses: TargetAddresses = {echo, source};
process.send?.(addresses);
