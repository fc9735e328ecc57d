// The parent's hand on the injector, by Toxiproxy's own client: a proxy per trial, faults per phase.
import {type Proxy as ClientProxy, type ToxicType, Toxiproxy, ToxiproxyError} from 'toxiproxy-node-client';
import {FoulweatherError} from '../model/errors.ts';
import type {Fault} from '../model/fault.ts';
import type {ProxyWitness} from '../model/proxy-witness.ts';
import {faultName, type ToxicSpec, toToxic} from './toxics.ts';

const callLimitMs = 5000;

/** Trailing slashes would silently break the client's POSTs. */
const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** The client gives up never: each of its calls gets a limit here, and an error that names the address. */
const bounded = async <T>(url: string, what: string, call: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${callLimitMs} ms`)), callLimitMs);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The client renames what it catches: a network error keeps fetch's name, TypeError; a bad status is a plain Error.
    throw error instanceof ToxiproxyError && error.name === 'Error'
      ? new FoulweatherError(
          'FW_TOXIPROXY_REFUSED',
          `The injector at ${url} refused to ${what}: ${message}.`,
          'Look into its log; a port may be taken or a proxy of that name may be there already.',
          {cause: error},
        )
      : new FoulweatherError(
          'FW_TOXIPROXY_UNREACHABLE',
          `No injector answers at ${url} (could not ${what}: ${message}).`,
          'Start it (`toxiproxy-server`), check the address, or leave --toxiproxy away: foulweather brings its own.',
          {cause: error},
        );
  } finally {
    clearTimeout(timer);
  }
};

export class Injector {
  readonly url: string;
  readonly #client: Toxiproxy;

  constructor(url: string) {
    this.url = withoutSlash(url);
    this.#client = new Toxiproxy(this.url);
  }

  /** «foulweather 0.1.0» or «Toxiproxy 2.12.0», for the report. */
  async version(): Promise<string> {
    const answer = await bounded(this.url, 'tell its version', this.#client.getVersion());
    const match = /"version"\s*:\s*"([^"]*)"/.exec(String(answer));
    return match?.[1] ?? String(answer).trim();
  }

  /** @param upstream `host:port` of the target */
  async createProxy(name: string, upstream: string): Promise<FaultyLink> {
    // A remote injector must listen where we can reach it; a local one stays on loopback.
    const host = new URL(this.url).hostname;
    const loopback = host === 'localhost' || host.startsWith('127.') || host === '[::1]';
    const listen = loopback ? '127.0.0.1:0' : '0.0.0.0:0';
    const proxy = await bounded(
      this.url,
      `create proxy ${name}`,
      this.#client.createProxy({name, listen, upstream, enabled: true} as Parameters<
        Toxiproxy['createProxy']
      >[0]),
    );
    const port = proxy.listen.slice(proxy.listen.lastIndexOf(':') + 1);
    return new FaultyLink(this.url, proxy, `${loopback ? '127.0.0.1' : host}:${port}`);
  }
}

/** One proxy between the subject and the target. */
export class FaultyLink {
  /** `host:port` for the subject. */
  readonly address: string;
  readonly name: string;
  readonly #url: string;
  #proxy: ClientProxy;
  #active: string[] = [];
  #countsHits: boolean | null = null;

  constructor(url: string, proxy: ClientProxy, address: string) {
    this.#url = url;
    this.#proxy = proxy;
    this.name = proxy.name;
    this.address = address;
  }

  /** Takes the faults of the phase before away and puts those of this one in place. */
  async apply(phase: string, faults: readonly Fault[]): Promise<void> {
    const old = this.#active;
    this.#active = [];
    for (const name of old) await this.#removeToxic(name);
    const refuses = faults.some(fault => fault.kind === 'refuse');
    if (this.#proxy.enabled === refuses) await this.#setEnabled(!refuses);
    for (const [position, fault] of faults.entries()) {
      const toxic = toToxic(faultName(phase, position, fault), fault);
      if (toxic) await this.#addToxic(toxic);
    }
  }

  /** What the injector counted, or null where it does not count (a real Toxiproxy). */
  async witness(): Promise<ProxyWitness | null> {
    if (this.#countsHits === false) return null;
    const url = `${this.#url}/foulweather/proxies/${encodeURIComponent(this.name)}/witness`;
    const response = await bounded(this.#url, `tell what it saw of proxy ${this.name}`, fetch(url));
    this.#countsHits = response.ok;
    if (!response.ok) {
      await response.body?.cancel();
      return null;
    }
    return (await response.json()) as ProxyWitness;
  }

  async remove(): Promise<void> {
    await bounded(this.#url, `remove proxy ${this.name}`, this.#proxy.remove());
  }

  async #setEnabled(enabled: boolean): Promise<void> {
    const {listen, upstream} = this.#proxy;
    const what = `${enabled ? 'enable' : 'disable'} proxy ${this.name}`;
    this.#proxy = await bounded(this.#url, what, this.#proxy.update({enabled, listen, upstream}));
  }

  async #addToxic(toxic: ToxicSpec): Promise<void> {
    const body = {...toxic, type: toxic.type as ToxicType};
    await bounded(this.#url, `add ${toxic.name} to proxy ${this.name}`, this.#proxy.addToxic(body));
    this.#active.push(toxic.name);
  }

  async #removeToxic(name: string): Promise<void> {
    const what = `remove ${name} from proxy ${this.name}`;
    const toxic = await bounded(this.#url, what, this.#proxy.getToxic(name));
    await bounded(this.#url, what, toxic.remove());
  }
}
