// Serves the API over HTTP: finds the route, reads the body, and answers with Toxiproxy's headers.

import {randomBytes} from 'node:crypto';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {Answer, Handler} from './api.ts';
import {asApiError, badRequestBody, errorBody} from './api-error.ts';
import type {Proxies} from './proxies.ts';
import {findRoute, type Route} from './route.ts';

const largestBodyBytes = 16 * 1024 * 1024;
const badRequest =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';

/** A request that changed something. */
export type ApiChange = {
  readonly method: string;
  /** The route's, with `*` for each name. */
  readonly path: string;
  readonly names: readonly string[];
  /** The answer's: JSON, or empty. */
  readonly body: string;
};

type Served = {
  readonly proxies: Proxies;
  readonly routes: readonly Route<Handler>[];
  readonly changed: ((change: ApiChange) => void) | null;
};

/** An HTTP server for the API, not listening yet. */
export const createApiServer = (
  proxies: Proxies,
  routes: readonly Route<Handler>[],
  changed: ((change: ApiChange) => void) | null,
): Server => {
  const server = createServer(
    {keepAliveTimeout: 60_000, requestTimeout: 15_000, maxHeaderSize: 1024 * 1024, noDelay: true},
    (request, response) => {
      answer(request, {proxies, routes, changed}).then(
        reply => send(response, reply),
        // The client went away while it was sending: there is no one to answer.
        () => response.destroy(),
      );
    },
  );
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(badRequest);
    else socket.destroy();
  });
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  return server;
};

type Reply = Answer & {readonly headers?: Readonly<Record<string, string>>};

const answer = async (request: IncomingMessage, {proxies, routes, changed}: Served): Promise<Reply> => {
  const match = findRoute(routes, request.method ?? '', request.url ?? '');
  if (match.kind === 'moved') return {status: 301, headers: {Location: match.location}};
  if (match.kind === 'wrong-method') return {status: 405};
  if (match.kind === 'not-found') return plainError(404, '404 page not found\n');
  if (match.kind === 'bad-path')
    return {status: 400, contentType: 'text/plain; charset=utf-8', body: '400 Bad Request'};
  const headers = {'X-Toxiproxy-Request-Id': requestId()};
  const reply = await routed(request, match, proxies);
  const {method = ''} = request;
  if (method !== 'GET' && reply.status < 300) {
    changed?.({method, path: match.path, names: match.params, body: reply.body ?? ''});
  }
  return {...reply, headers: {...reply.headers, ...headers}};
};

const routed = async (
  request: IncomingMessage,
  {handler, params}: {readonly handler: Handler; readonly params: readonly string[]},
  proxies: Proxies,
): Promise<Reply> => {
  // A web page must not control proxies on the machine whose browser shows it.
  if (request.headers['user-agent']?.startsWith('Mozilla/'))
    return plainError(403, 'User agent not allowed\n');
  try {
    const [, search = ''] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(search);
    return await handler({proxies, names: params, query, body: () => readBody(request)});
  } catch (error) {
    if (request.destroyed && !request.complete) throw error;
    const apiError = asApiError(error);
    return plainError(apiError.status, `${errorBody(apiError)}\n`);
  }
};

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  // A body that is too large is read to its end all the same, so that the client gets to read the answer.
  for await (const part of request) {
    bytes += part.length;
    if (bytes <= largestBodyBytes) parts.push(part);
    else parts.length = 0;
  }
  if (bytes > largestBodyBytes) throw badRequestBody('http: request body too large');
  return Buffer.concat(parts);
};

const plainError = (status: number, body: string): Reply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
  headers: {'X-Content-Type-Options': 'nosniff'},
});

const send = (response: ServerResponse, {status, contentType, body = '', headers = {}}: Reply): void => {
  response.statusCode = status;
  if (contentType !== undefined) response.setHeader('Content-Type', contentType);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.removeHeader('Connection'); // connections stay open without saying so, as in Toxiproxy
  response.end(body);
};

/** Looks like Toxiproxy's: 20 characters of base 32. */
const requestId = (): string => Array.from(randomBytes(20), byte => (byte % 32).toString(32)).join('');
