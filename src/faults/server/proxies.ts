// All proxies by name. They are started, stopped and replaced one after the other, in the order of the requests.

import {ApiError, missingField, proxyAlreadyExists, proxyNotFound} from './api-error.ts';
import {type ProxyHost, type ProxySettings, TcpProxy} from './proxy.ts';

/** A proxy as a client asks for it. */
export type ProxyRequest = {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  /** What it carries, such as `redis`; empty: not said. */
  readonly protocol: string;
  /** Whether a FIN and a RST pass as they are. */
  readonly passEnds: boolean;
};

/** What populating did: the proxies that are now as requested, and the error at which it stopped. */
export type PopulateResult = {readonly proxies: readonly TcpProxy[]; readonly error: ApiError | null};

export class Proxies {
  readonly #host: ProxyHost;
  readonly #byName = new Map<string, TcpProxy>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(host: ProxyHost) {
    this.#host = host;
  }

  /** Throws ApiError 404. */
  get(name: string): TcpProxy {
    const proxy = this.#byName.get(name);
    if (proxy === undefined) throw proxyNotFound();
    return proxy;
  }

  /** The one that was created last; null: there is none. */
  get latest(): TcpProxy | null {
    return [...this.#byName.values()].at(-1) ?? null;
  }

  /** In the order of their names. */
  list(): readonly TcpProxy[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws ApiError 400, 409 or 500. */
  create(request: ProxyRequest): Promise<TcpProxy> {
    const {name, enabled} = request;
    const missing = firstMissing(request);
    return this.#inTurn(async () => {
      if (missing !== null) throw missingField(missing);
      if (this.#byName.has(name)) throw proxyAlreadyExists();
      const proxy = new TcpProxy(this.#host, name, request);
      if (enabled) await proxy.start();
      this.#byName.set(name, proxy);
      return proxy;
    });
  }

  /** Changes a proxy's settings, starting from what they are when it is this change's turn. Throws ApiError 404 or 500. */
  update(name: string, change: (current: ProxySettings) => ProxySettings): Promise<TcpProxy> {
    return this.#inTurn(async () => {
      const proxy = this.get(name);
      await proxy.update(change(proxy.settings));
      return proxy;
    });
  }

  /** Throws ApiError 404. */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const proxy = this.get(name);
      void proxy.remove();
      this.#byName.delete(name);
      await proxy.packets.settled;
    });
  }

  /** Creates or replaces proxies; one whose addresses are as requested is left alone. Stops at the first that fails. */
  populate(requests: readonly ProxyRequest[]): Promise<PopulateResult> {
    return this.#inTurn(async () => {
      const proxies: TcpProxy[] = [];
      for (const [index, request] of requests.entries()) {
        const missing = firstMissing(request);
        if (missing !== null) return {proxies, error: missingField(`${missing} at proxy ${index + 1}`)};
      }
      for (const request of requests) {
        try {
          proxies.push(await this.#createOrReplace(request));
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          return {proxies, error};
        }
      }
      return {proxies, error: null};
    });
  }

  /** Enables every proxy and removes every toxic. Throws ApiError 500 at the first that cannot start. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      for (const proxy of this.list()) {
        await proxy.start();
        proxy.toxics.clear();
      }
    });
  }

  /** Removes all proxies. Resolves when their sockets are closed. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const stopping = this.list().map(proxy => proxy.remove());
      this.#byName.clear();
      await Promise.all(stopping);
    });
  }

  async #createOrReplace(request: ProxyRequest): Promise<TcpProxy> {
    const {name, listen, upstream, enabled, protocol} = request;
    const existing = this.#byName.get(name);
    if (existing !== undefined) {
      const isSame = !(await existing.differs({listen, upstream}));
      if (isSame && protocol !== '') existing.declare(protocol);
      if (isSame) return existing;
      void existing.remove();
    }
    const proxy = new TcpProxy(this.#host, name, request);
    if (enabled) await proxy.start();
    this.#byName.set(name, proxy);
    return proxy;
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    // The next change must not fail because this one did; its caller gets the error.
    this.#lastChange = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

const firstMissing = ({name, upstream}: ProxyRequest): 'name' | 'upstream' | null => {
  if (name === '') return 'name';
  return upstream === '' ? 'upstream' : null;
};
