// The target: answers every request with the same 200 at the price of one look at its bytes, and notes when it came.
import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';
import {arrivalsOf} from './arrivals.ts';

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok',
);
const endOfHead = '\r\n\r\n';
/** Twenty seconds at 5,000/s; what comes later is answered and not noted. */
const notedAtMost = 100_000;

let times: number[] = [];

const server = createServer({noDelay: true}, socket => {
  let rest = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', chunk => {
    // Requests have no body; a head may come in pieces, or two in one.
    const heads = (rest + chunk.toString('latin1')).split(endOfHead);
    rest = heads.pop() ?? '';
    const nowMs = performance.now();
    for (const _ of heads) {
      if (times.length < notedAtMost) times.push(nowMs);
      socket.write(answer);
    }
  });
});

server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => {
  process.send?.(arrivalsOf(times));
  times = [];
});
process.on('disconnect', () => process.exit(0));
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
