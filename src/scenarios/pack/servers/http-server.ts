// What the HTTP servers of the pack have in common: a free port, a ledger entry for each attempt, bodies read
// completely before they count, and what was written, which verify() asks for past the injector.
import {once} from 'node:events';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Applied, LedgerWriter, StartedTarget, VerifyContext} from '../../../model/scenario-functions.ts';

/** A request whose body has been read completely. */
export type Received = {
  readonly id: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};

type Step = Pick<Received, 'method' | 'url' | 'headers'>;

export type HttpServerOptions = {
  readonly ledger: LedgerWriter;
  readonly description: string;
  /** Whether a request begins an operation: a later step of one is no further attempt at it. Default: each does. */
  readonly isAttempt?: (step: Step) => boolean;
  /** A write took effect: call `applied` with its id before answering, as often as that happens. */
  readonly answer: (request: Received, response: ServerResponse, applied: (id: string) => void) => unknown;
};

/** On a free port of the loopback interface. */
export const listening = async (server: Server, description: string): Promise<StartedTarget> => {
  server.listen({host: '127.0.0.1', port: 0, backlog: 4096});
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    description,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
};

const appliedPath = '/-/applied';

/** The header `x-operation-id`, or the last segment of the path. */
const idOf = ({headers}: IncomingMessage, {pathname}: URL): string => {
  const id = headers['x-operation-id'];
  return typeof id === 'string' ? id : decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
};

export const startHttpServer = ({
  ledger,
  description,
  isAttempt = () => true,
  answer,
}: HttpServerOptions): Promise<StartedTarget> => {
  const written: string[] = [];
  const applied = (id: string): void => {
    written.push(id);
    ledger.effect(id);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://server');
    if (url.pathname === appliedPath) {
      request.resume();
      json(response, 200, written);
      return;
    }
    const id = idOf(request, url);
    const step: Step = {method: request.method ?? 'GET', url, headers: request.headers};
    if (isAttempt(step)) {
      ledger.attempt(id);
      response.on('close', () => ledger.answered(id));
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer({...step, id, body: Buffer.concat(chunks)}, response, applied));
  });
  return listening(server, description);
};

/** Answers with a length, so that a client can tell whether it has all. */
export const json = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
};

/**
 * A verify() for these servers: what they wrote, as often as they did; and the reads that were acknowledged, which
 * leave nothing to look for.
 */
export const verifyWrites =
  (isWrite: (id: string) => boolean) =>
  async ({directUrl, acknowledgedIds}: VerifyContext): Promise<Applied> => {
    const answer = await fetch(new URL(appliedPath, directUrl));
    const written = (await answer.json()) as string[];
    return {applied: [written, acknowledgedIds.filter(id => !isWrite(id))]};
  };
