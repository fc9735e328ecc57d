// The embedded HTTP target, with TLS or without: answers each request with the operation's id, and keeps the ledger.
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {Authority, validNow} from '../certificates/authority.ts';
import {controlHost, targetHost} from '../model/network-fault.ts';
import type {Ledger} from './ledger.ts';

export type HttpTargetOptions = {
  readonly thinkTimeMs: number;
  readonly tls: boolean;
  readonly ledger: Pick<Ledger, 'attempt' | 'effect' | 'answered'>;
};

export type HttpTarget = {
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** With TLS: the authority of its certificate, PEM. */
  readonly authority?: string;
};

const hosts = ['127.0.0.1', 'localhost', targetHost, controlHost];

/** Node's own default: idle connections end within the time that the harness waits for them. */
const keepAliveTimeoutMs = 5000;

/** The id is the last segment of the path, or the header `x-operation-id`. */
const operationIdOf = (request: IncomingMessage): string => {
  const header = request.headers['x-operation-id'];
  if (typeof header === 'string') return header;
  const path = (request.url ?? '/').split('?', 1)[0]!;
  return decodeSegment(path.slice(path.lastIndexOf('/') + 1));
};

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** GET and HEAD read; every other method has an effect, applied when its body has arrived and before it is answered. */
const hasEffect = (method: string | undefined): boolean => method !== 'GET' && method !== 'HEAD';

export const startHttpTarget = async ({thinkTimeMs, tls, ledger}: HttpTargetOptions): Promise<HttpTarget> => {
  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    bodyBytes: number,
  ): void => {
    if (hasEffect(request.method)) ledger.effect(id);
    const body = JSON.stringify({id, method: request.method, bodyBytes});
    response.writeHead(200, {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)});
    response.end(body);
  };

  const serve: RequestListener = (request, response) => {
    const id = operationIdOf(request);
    ledger.attempt(id);
    response.on('close', () => ledger.answered(id));
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
    });
    request.on('end', () => {
      if (thinkTimeMs === 0) answer(request, response, id, bodyBytes);
      else setTimeout(() => answer(request, response, id, bodyBytes), thinkTimeMs);
    });
  };
  const authority = tls ? await Authority.create('foulweather target') : null;
  const server =
    authority === null
      ? createServer(serve)
      : createSecureServer(await authority.issue({hosts, ...validNow()}), serve);
  server.keepAliveTimeout = keepAliveTimeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({host: '127.0.0.1', port: 0, backlog: 4096}, resolve);
  });
  const {port} = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    ...(authority !== null && {authority: authority.cert}),
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
};
