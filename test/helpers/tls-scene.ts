// An HTTPS server behind a proxy of an injector, and clients that trust the server's authority and the injector's.
import {once} from 'node:events';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {connect, type TLSSocket} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {Agent, request} from 'undici';
import {Authority, validNow} from '../../src/certificates/authority.ts';
import {type Injector, startInjector} from '../../src/faults/server/injector.ts';
import type {Toxic} from './proxy-scene.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

export type TlsClientOptions = {
  readonly verifies?: boolean;
  readonly protocols?: readonly string[];
  readonly servername?: string;
};

export class TlsScene {
  readonly url: string;
  readonly name: string;
  /** The proxy's address: host:port. */
  readonly address: string;
  /** How many requests the server answered. */
  answered = 0;
  readonly #trusted: readonly string[];
  readonly #t: ExecutionContext;

  private constructor(t: ExecutionContext, url: string, proxy: ProxyJson, trusted: readonly string[]) {
    this.#t = t;
    this.url = url;
    this.name = proxy.name;
    this.address = proxy.listen;
    this.#trusted = trusted;
  }

  /** `body` is what every request is answered with. */
  static async open(t: ExecutionContext, url: string, ca: string, body: string): Promise<TlsScene> {
    const authority = await Authority.create('the server’s authority');
    const certificate = await authority.issue({hosts: ['127.0.0.1', 'things.example'], ...validNow()});
    const server = createServer({...certificate, ALPNProtocols: ['http/1.1']}, (_request, response) => {
      scene.answered++;
      response.end(body);
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const {port} = server.address() as AddressInfo; // a string only for pipes
    const scene = await TlsScene.before(t, url, `127.0.0.1:${port}`, [authority.cert, ca]);
    return scene;
  }

  /** A proxy before any server. */
  static async before(t: ExecutionContext, url: string, upstream: string, trusted: readonly string[]) {
    const name = `tls-${upstream}`;
    const proxy = await api<ProxyJson>(url, 'POST', '/proxies', {name, listen: '127.0.0.1:0', upstream});
    t.teardown(() => api(url, 'DELETE', `/proxies/${name}`));
    return new TlsScene(t, url, proxy, trusted);
  }

  add(toxic: Toxic): Promise<unknown> {
    return api(this.url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<unknown> {
    return api(this.url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }

  /** Asks on a connection of its own. What undici says: the answer's body, or the error's code. */
  async ask({verifies = true, servername}: TlsClientOptions = {}): Promise<string> {
    const agent = new Agent({
      connect: {
        ca: [...this.#trusted],
        rejectUnauthorized: verifies,
        ...(servername !== undefined && {servername}),
      },
    });
    try {
      const {body} = await request(`https://${this.address}/`, {dispatcher: agent});
      return await body.text();
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    } finally {
      await agent.destroy();
    }
  }

  /** A client without HTTP, once its handshake is done. Rejects as the handshake does. */
  async handshake({verifies = true, protocols, servername}: TlsClientOptions = {}): Promise<TLSSocket> {
    const [host, port] = this.address.split(':');
    const socket = connect({
      host: String(host),
      port: Number(port),
      ca: [...this.#trusted],
      rejectUnauthorized: verifies,
      ...(servername !== undefined && {servername}),
      ...(protocols !== undefined && {ALPNProtocols: [...protocols]}),
    });
    this.#t.teardown(() => socket.destroy());
    await once(socket, 'secureConnect');
    socket.on('error', () => {});
    return socket;
  }
}

export type TlsSteps = (t: ExecutionContext, scene: TlsScene) => Promise<void>;

/** Starts an injector for the tests of a file. The macro that it returns runs steps on a new proxy before a new server. */
export function tlsScenes(body = 'hello') {
  let injector: Injector;
  test.before(async () => {
    injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  });
  test.after.always(() => injector.close());
  return test.macro(async (t, steps: TlsSteps) => {
    const ca = await (await fetch(`${injector.url}/foulweather/ca.pem`)).text();
    await steps(t, await TlsScene.open(t, injector.url, ca, body));
  });
}
