// A real server behind a proxy of an injector, for the errors that are said in the server's place.

import type {ExecutionContext} from 'ava';
import {startInjector} from '../../src/faults/server/injector.ts';
import type {ConnectionRecord, HttpHit, ProxyWitness} from '../../src/model/proxy-witness.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {startService} from '../../src/run/processes/start-service.ts';
import {Supervisor} from '../../src/run/processes/supervisor.ts';
import type {Toxic} from './proxy-scene.ts';
import {watched} from './run-once.ts';
import {until} from './run-until.ts';
import {api, type ProxyJson} from './toxiproxy-request.ts';

const limitMs = 90_000;

export class ServerScene {
  readonly #url: string;
  /** The server's own address. */
  readonly direct: URL;
  /** The proxy's. */
  readonly address: URL;
  readonly port: number;
  #toxics = 0;

  private constructor(url: string, direct: URL, listen: string) {
    this.#url = url;
    this.direct = direct;
    this.address = new URL(direct);
    this.address.port = listen.slice(listen.lastIndexOf(':') + 1);
    this.port = Number(this.address.port);
  }

  static async open(t: ExecutionContext, service: ServiceName, protocol: string): Promise<ServerScene> {
    t.timeout(limitMs);
    const {watch, environment} = await watched(t);
    watch.start();
    const supervisor = Supervisor.start(environment);
    t.teardown(() => supervisor.stop());
    const {url} = await startService(supervisor, service, limitMs);
    return ServerScene.before(t, new URL(url), protocol);
  }

  static async before(t: ExecutionContext, direct: URL, protocol: string): Promise<ServerScene> {
    const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
    t.teardown(() => injector.close());
    const body = {name: 'real', listen: '127.0.0.1:0', upstream: direct.host, protocol};
    const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
    return new ServerScene(injector.url, direct, listen);
  }

  /** Has the server say that, as long as `meanwhile` lasts. */
  async during<T>(toxic: Toxic, meanwhile: () => Promise<T>): Promise<T> {
    const {name = `fault-${++this.#toxics}`} = toxic;
    await this.add({...toxic, name});
    try {
      return await meanwhile();
    } finally {
      await api(this.#url, 'DELETE', `/proxies/real/toxics/${name}`);
    }
  }

  add(toxic: Toxic): Promise<unknown> {
    return api(this.#url, 'POST', '/proxies/real/toxics', toxic);
  }

  hits(): Promise<readonly HttpHit[]> {
    return api(this.#url, 'GET', '/foulweather/proxies/real/hits');
  }

  /** Until an error has been said, or a reply withheld. */
  async untilHit(action: string): Promise<void> {
    const isThere = async () => (await this.hits()).some(hit => hit.action === action);
    await until(isThere, limitMs, action);
  }

  witness(): Promise<ProxyWitness> {
    return api(this.#url, 'GET', '/foulweather/proxies/real/witness');
  }

  connections(): Promise<readonly ConnectionRecord[]> {
    return api(this.#url, 'GET', '/foulweather/proxies/real/connections');
  }
}

/** What it threw. */
export const errorOf = async (act: Promise<unknown>): Promise<Error & {readonly code?: unknown}> => {
  try {
    await act;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
