// A proxy between an upstream and its clients, on a server under test.

import {connectTo, type Peer, startUpstream, type Upstream} from './proxy-sockets.ts';
import {until} from './run-until.ts';
import {api, type ProxyJson, type ToxicJson} from './toxiproxy-request.ts';

export type Toxic = {
  readonly type: string;
  readonly name?: string;
  readonly stream?: 'upstream' | 'downstream';
  readonly toxicity?: number;
  readonly attributes?: Readonly<Record<string, number | boolean | string>>;
  readonly nth?: number;
  readonly first_n?: number;
  readonly hit_limit?: number;
  readonly start_after?: number;
  readonly duration?: number;
  readonly every?: number;
  readonly exchange?: number;
  readonly cut?: string;
  readonly exchange_direction?: string;
  readonly since?: string;
  readonly quiet?: number;
  readonly ramp_to?: Readonly<Record<string, number>>;
  readonly ramp_over?: number;
};

let lastNumber = 0;

export class Scene {
  readonly url: string;
  readonly name: string;
  readonly upstream: Upstream;
  address: string;
  readonly #clients: Peer[] = [];

  private constructor(url: string, proxy: ProxyJson, upstream: Upstream) {
    this.url = url;
    this.name = proxy.name;
    this.address = proxy.listen;
    this.upstream = upstream;
  }

  /** Starts an upstream that treats its connections with `serve`, and a proxy in front of it. */
  static async open(
    url: string,
    serve?: (peer: Peer) => void,
    name = `scene-${++lastNumber}`,
  ): Promise<Scene> {
    const upstream = await startUpstream(serve);
    const body = {name, listen: '127.0.0.1:0', upstream: upstream.address};
    return new Scene(url, await api<ProxyJson>(url, 'POST', '/proxies', body), upstream);
  }

  async connect(options?: {readonly allowHalfOpen?: boolean}): Promise<Peer> {
    const client = await connectTo(this.address, options);
    this.#clients.push(client);
    return client;
  }

  /**
   * Connects as soon as the proxy serves. When it was down another process may have its port for a moment: a connection that
   * goes out takes any that is free.
   */
  async connectOnceUp(): Promise<Peer> {
    let client: Peer | undefined;
    const isUp = async (): Promise<boolean> => {
      client = await this.connect().catch(() => undefined);
      return client !== undefined;
    };
    await until(isUp, 10_000, `that ${this.name} serves`);
    return client!;
  }

  add(toxic: Toxic): Promise<ToxicJson> {
    return this.call('POST', '/toxics', toxic);
  }

  update(name: string, change: Pick<Toxic, 'toxicity' | 'attributes'>): Promise<ToxicJson> {
    return this.call('POST', `/toxics/${name}`, change);
  }

  remove(name: string): Promise<void> {
    return this.call('DELETE', `/toxics/${name}`);
  }

  async change(body: Partial<Pick<ProxyJson, 'listen' | 'upstream' | 'enabled'>>): Promise<ProxyJson> {
    const proxy = await this.call<ProxyJson>('POST', '', body);
    this.address = proxy.listen;
    return proxy;
  }

  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return api<T>(this.url, method, `/proxies/${this.name}${path}`, body);
  }

  /** Removes the proxy and closes all sockets. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await this.call('DELETE', '');
    await this.upstream.close();
  }
}
