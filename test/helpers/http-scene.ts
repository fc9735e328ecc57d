// An HTTP server that keeps a ledger of what it received, behind a proxy of an injector.

import {once} from 'node:events';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {HttpHit, ProxyWitness} from '../../src/model/proxy-witness.ts';
import {connectTo, type Peer} from './proxy-sockets.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

/** One request that the server saw. */
export type LedgerEntry = {
  readonly method: string;
  readonly path: string;
  bodyBytes: number;
  /** Whether all of it came. */
  isWhole: boolean;
};

type HttpToxic = {
  readonly type: string;
  readonly name?: string;
  readonly toxicity?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
} & Readonly<Record<string, unknown>>;

export const bodyBytes = 1000;
export const body = 'x'.repeat(bodyBytes);

/** Answers once the request is whole: /chunked in two chunks of 500 bytes, all else with a length. */
const answer: RequestListener = (request, response) => {
  if (request.url?.startsWith('/chunked') !== true) {
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  response.write(body.slice(0, 500));
  response.end(body.slice(500));
};

let lastNumber = 0;

export class HttpScene {
  readonly ledger: readonly LedgerEntry[];
  /** The proxy's address: host:port. */
  readonly address: string;
  readonly name: string;
  readonly #url: string;
  readonly #close: () => void;
  readonly #peers: Peer[] = [];

  private constructor(url: string, proxy: ProxyJson, ledger: readonly LedgerEntry[], close: () => void) {
    this.#url = url;
    this.name = proxy.name;
    this.address = proxy.listen;
    this.ledger = ledger;
    this.#close = close;
  }

  static async open(url: string, serve: RequestListener = answer, proxyName?: string): Promise<HttpScene> {
    const ledger: LedgerEntry[] = [];
    const server = createServer({keepAliveTimeout: 60_000}, (request, response) => {
      const entry: LedgerEntry = {
        method: request.method ?? '',
        path: request.url ?? '',
        bodyBytes: 0,
        isWhole: false,
      };
      ledger.push(entry);
      request.on('data', (data: Buffer) => {
        entry.bodyBytes += data.length;
      });
      request.on('end', () => {
        entry.isWhole = true;
        serve(request, response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo; // a string only for pipes
    const name = proxyName ?? `http-${++lastNumber}`;
    const proxy = {name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
    return new HttpScene(url, await api<ProxyJson>(url, 'POST', '/proxies', proxy), ledger, () => {
      server.closeAllConnections();
      server.close();
    });
  }

  get origin(): string {
    return `http://${this.address}`;
  }

  add(toxic: HttpToxic): Promise<unknown> {
    return api(this.#url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<unknown> {
    return api(this.#url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }

  hits(): Promise<readonly HttpHit[]> {
    return api(this.#url, 'GET', `/foulweather/proxies/${this.name}/hits`);
  }

  witness(): Promise<ProxyWitness> {
    return api(this.#url, 'GET', `/foulweather/proxies/${this.name}/witness`);
  }

  /** Resolves once so many connections are open. */
  async untilOpen(connections: number): Promise<void> {
    while ((await this.witness()).openConnections !== connections);
  }

  /** A client that writes bytes as they are. */
  async connect(): Promise<Peer> {
    const peer = await connectTo(this.address, {allowHalfOpen: true});
    this.#peers.push(peer);
    return peer;
  }

  async close(): Promise<void> {
    for (const {socket} of this.#peers) socket.destroy();
    await api(this.#url, 'DELETE', `/proxies/${this.name}`);
    this.#close();
  }
}

/** The bytes of a request. */
export function requestText(method: string, path: string, body = '', fields: readonly string[] = []): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...length, ...fields].join('\r\n')}\r\n\r\n${body}`;
}

/** Waits until the peer has received a text that fits. Fails when the connection ends before. */
export async function received(peer: Peer, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = String(peer.received);
    if (pattern.test(text)) return text;
    await peer.bytes(peer.receivedBytes + 1);
  }
}
