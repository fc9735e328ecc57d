// An HTTP server that closes idle connections early, and does not announce it, as many a load balancer does.
import {createServer} from 'node:http';
import type {Socket} from 'node:net';
import type {TargetInput} from '../../define-scenario.ts';
import {listening} from './http-server.ts';

const idleMs = 50;

/** The id is the last segment of the path. */
export const idleClosing: TargetInput = {
  start({ledger}) {
    const idle = new Map<Socket, NodeJS.Timeout>();
    const server = createServer((request, response) => {
      const {socket} = request;
      clearTimeout(idle.get(socket));
      const id = (request.url ?? '/').split('/').at(-1)!;
      ledger.attempt(id);
      const body = JSON.stringify({id});
      // An explicit `connection` header keeps Node from announcing its limit.
      response.writeHead(200, {connection: 'keep-alive', 'content-length': Buffer.byteLength(body)});
      response.end(body);
      response.on('close', () => {
        ledger.answered(id);
        idle.set(
          socket,
          setTimeout(() => socket.end(), idleMs),
        );
      });
    });
    server.on('connection', socket => {
      socket.on('close', () => {
        clearTimeout(idle.get(socket));
        idle.delete(socket);
      });
    });
    return listening(
      server,
      `an HTTP server that closes connections after ${idleMs} ms, in a process of this run`,
    );
  },
};
