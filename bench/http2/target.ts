// The servers behind the proxies, in a process of their own: HTTP/2 in plain and in TLS, and HTTP/1.1 in TLS. A path such as
// /128 is answered with so many bytes.
import {once} from 'node:events';
import {createSecureServer, createServer, type ServerHttp2Stream} from 'node:http2';
import {createServer as createHttpsServer} from 'node:https';
import type {AddressInfo, Server} from 'node:net';
import type {ServerCertificate} from '../../src/certificates/authority.ts';

/** By the way in which they are spoken to. */
export type TargetPorts = {readonly h2c: number; readonly h2: number; readonly h1: number};

const certificate = JSON.parse(process.argv[2] ?? '{}') as ServerCertificate;

const bodies = new Map<string, Buffer>();
const bodyOf = (path: string): Buffer => {
  const known = bodies.get(path);
  if (known !== undefined) return known;
  const body = Buffer.alloc(Number(path.slice(1)), 'x');
  bodies.set(path, body);
  return body;
};

const answerStream = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void => {
  stream.on('error', () => {});
  const body = bodyOf(String(headers[':path']));
  stream.respond({':status': 200, 'content-length': body.length});
  stream.end(body);
};

const listening = async (server: Server): Promise<number> => {
  server.on('sessionError', () => {});
  server.listen({host: '127.0.0.1', port: 0, backlog: 1024});
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // a string only for pipes
};

const ports: TargetPorts = {
  h2c: await listening(createServer().on('stream', answerStream)),
  h2: await listening(createSecureServer(certificate).on('stream', answerStream)),
  h1: await listening(
    createHttpsServer({...certificate, ALPNProtocols: ['http/1.1']}, ({url}, response) => {
      const body = bodyOf(url ?? '');
      response.writeHead(200, {'content-length': body.length});
      response.end(body);
    }),
  ),
};
process.once('disconnect', () => process.exit());
process.send?.(ports);
