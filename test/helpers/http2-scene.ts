// A server of HTTP/2 by prior knowledge that keeps a ledger, behind a proxy of an injector, and a client before it.
import {once} from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import type {HttpHit, ProxyWitness} from '../../src/model/proxy-witness.ts';
import type {Toxic} from './proxy-scene.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

export const body = 'x'.repeat(1000);

/** What became of a stream, as the client sees it. */
export type Seen = {
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly trailers: IncomingHttpHeaders | null;
  /** By whom and how it ended: by its end, by a code, or not at all in the time. */
  readonly end: 'whole' | 'hangs' | number;
};

export type Asked = {
  readonly path?: string;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: string;
  readonly withinMs?: number;
};

let lastNumber = 0;

export class Http2Scene {
  readonly url: string;
  readonly name: string;
  /** The proxy's address: host:port. */
  readonly address: string;
  /** Of requests that came whole: method, path and bytes. */
  readonly ledger: string[];
  #session: ClientHttp2Session | null = null;

  private constructor(url: string, proxy: ProxyJson, ledger: string[]) {
    this.url = url;
    this.name = proxy.name;
    this.address = proxy.listen;
    this.ledger = ledger;
  }

  /** Answers with a body of 1,000 bytes, or of `x-size`, its length and trailers, once a request is whole. */
  static async open(t: ExecutionContext, url: string): Promise<Http2Scene> {
    const ledger: string[] = [];
    const server = createServer();
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      let bytes = 0;
      stream.on('error', () => {});
      stream.on('data', (data: Buffer) => {
        bytes += data.length;
      });
      stream.on('end', () => {
        if (stream.aborted) return;
        ledger.push(`${headers[':method']} ${headers[':path']} ${bytes}`);
        if (stream.destroyed) return;
        const answer = 'x'.repeat(Number(headers['x-size'] ?? body.length));
        const length = {'content-length': answer.length};
        stream.respond(
          {':status': 200, ...length, 'x-echo': headers['x-echo'] ?? ''},
          {waitForTrailers: true},
        );
        stream.on('wantTrailers', () => stream.sendTrailers({'x-checksum': 'right'}));
        stream.end(answer);
      });
    });
    const sessions = new Set<{destroy(): void}>();
    server.on('session', session => sessions.add(session));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo; // a string only for pipes
    const name = `http2-${++lastNumber}`;
    const proxy = {name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
    const scene = new Http2Scene(url, await api<ProxyJson>(url, 'POST', '/proxies', proxy), ledger);
    await api(url, 'POST', `/foulweather/proxies/${name}/interception`);
    t.teardown(async () => {
      scene.#session?.destroy();
      await api(url, 'DELETE', `/proxies/${name}`);
      for (const session of sessions) session.destroy();
      server.close();
    });
    return scene;
  }

  add(toxic: Toxic): Promise<unknown> {
    return api(this.url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<unknown> {
    return api(this.url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }

  hits(): Promise<readonly HttpHit[]> {
    return api(this.url, 'GET', `/foulweather/proxies/${this.name}/hits`);
  }

  witness(): Promise<ProxyWitness> {
    return api(this.url, 'GET', `/foulweather/proxies/${this.name}/witness`);
  }

  /** The live one, or a new one. */
  get session(): ClientHttp2Session {
    const live = this.#session;
    if (live !== null && !live.closed && !live.destroyed) return live;
    const session = connect(`http://${this.address}`);
    session.on('error', () => {});
    this.#session = session;
    return session;
  }

  /** Asks on the live connection, by POST where there is a body. */
  ask({path = '/things/op-1', headers = {}, body: sent, withinMs = 5000}: Asked = {}): Promise<Seen> {
    const method = sent === undefined ? 'GET' : 'POST';
    const stream = this.session.request({':path': path, ':method': method, ...headers});
    if (sent !== undefined) stream.end(sent);
    return new Promise(resolve => {
      let status: number | null = null;
      let answer: IncomingHttpHeaders = {};
      let trailers: IncomingHttpHeaders | null = null;
      let bytes = 0;
      const settle = (end: Seen['end']) => {
        clearTimeout(timer);
        resolve({status, headers: answer, bytes, trailers, end});
      };
      const timer = setTimeout(() => {
        settle('hangs');
        stream.close(constants.NGHTTP2_CANCEL);
      }, withinMs);
      stream.on('response', found => {
        answer = found;
        status = found[':status'] ?? null;
      });
      stream.on('trailers', found => {
        trailers = found;
      });
      stream.on('data', (data: Buffer) => {
        bytes += data.length;
      });
      stream.on('error', () => {});
      stream.on('close', () => settle(stream.rstCode === 0 ? 'whole' : (stream.rstCode ?? 'whole')));
    });
  }
}
