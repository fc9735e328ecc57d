// Controls the injector from the parent, by Toxiproxy's own client: a proxy per trial, faults per phase.
import {type Proxy as ClientProxy, type Toxic, type ToxicType, Toxiproxy} from 'toxiproxy-node-client';
import {FoulweatherError} from '../model/errors.ts';
import type {Fault} from '../model/fault.ts';
import type {Phase} from '../model/plan.ts';
import type {InjectorLog, ProxyChanges, ProxyRecording, ProxyWitness} from '../model/proxy-witness.ts';
import {BoundedCalls} from './bounded-calls.ts';
import {faultName, isProxyState, needsEmbedded, type ToxicSpec, toToxic} from './toxics.ts';

const defaultCallLimitMs = 5000;
/** Of the injector's 10,000: a journal stays within a few megabytes. */
const keptRecords = 2000;

/**
 * `authorities`: PEM, what is trusted of a target besides Node's own. `host`: the name that a target is asked for by a client that
 * only knows the proxy's address, with its port where that is not the scheme's own; null: what the client says.
 */
export type Interception = {readonly authorities: string; readonly host: string | null};

/** What is known of the connections of a proxy. */
export type Carried = {
  /** What they speak, such as `redis`, so that they are followed from their beginning: a real Toxiproxy ignores it. Default: not known. */
  readonly protocol?: string;
  /**
   * Follows HTTP, or the protocol, from the beginning of each connection on, and inside TLS: a real Toxiproxy cannot. Default: null,
   * HTTP only while there are HTTP faults, and a protocol only in plain text.
   */
  readonly interception?: Interception | null;
};

export type ProxyChoice = Carried & {
  /** Where the proxy listens, if the injector is on this machine. Default: 127.0.0.1. */
  readonly listenHost?: string;
};

/** Trailing slashes would silently break the client's POSTs. */
const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

export class Injector {
  readonly url: string;
  readonly #calls: BoundedCalls;
  readonly #client: Toxiproxy;

  /** @param callLimitMs how long one call may take */
  constructor(url: string, callLimitMs = defaultCallLimitMs) {
    this.url = withoutSlash(url);
    this.#calls = new BoundedCalls(this.url, callLimitMs);
    this.#client = new Toxiproxy(this.url);
  }

  /** Such as "2.12.0". Old Toxiproxies answer with the bare version, newer ones with JSON. */
  async version(): Promise<string> {
    const asked = this.#calls.bounded('report its version', this.#client.getVersion());
    const answer = await asked.then(String, (error: unknown) => {
      // Every Toxiproxy reports a version: what does not is something else.
      if (error instanceof FoulweatherError && error.code === 'FW_TOXIPROXY_REFUSED') return '';
      throw error;
    });
    const version =
      /"version"\s*:\s*"([^"]*)"/.exec(answer)?.[1] ?? /^\s*([\w.-]{1,40})\s*$/.exec(answer)?.[1];
    if (version !== undefined) return version;
    throw new FoulweatherError(
      'FW_TOXIPROXY_UNREACHABLE',
      `The server at ${this.url} is not Toxiproxy: its /version names no version.`,
      "Use the address of Toxiproxy's API, by default http://127.0.0.1:8474.",
    );
  }

  /**
   * @throws FoulweatherError FW_FAULT_UNSUPPORTED for the first fault that this injector would refuse, or apply only
   * in part
   */
  async refuseUnsupported(phases: readonly Pick<Phase, 'name' | 'faults'>[]): Promise<void> {
    for (const {name, faults} of phases) {
      const fault = faults.find(needsEmbedded);
      if (fault === undefined || (await this.#isFoulweathers())) continue;
      throw new FoulweatherError(
        'FW_FAULT_UNSUPPORTED',
        `The Toxiproxy at ${this.url} does not support the fault ${fault.kind} of phase "${name}", or not with these options.`,
        'Omit --toxiproxy: the built-in injector supports it.',
      );
    }
  }

  /** Both answer 404; only the embedded one knows the witness route. */
  async #isFoulweathers(): Promise<boolean> {
    const what = 'say what it is';
    const response = await this.#calls.bounded(what, fetch(`${this.url}/foulweather/proxies/-/witness`));
    return (await this.#calls.bounded(what, response.text())).includes('proxy not found');
  }

  /** The certificate of its authority, PEM; null where it has none (a real Toxiproxy). */
  async authority(): Promise<string | null> {
    const what = 'return its certificate authority';
    const response = await this.#calls.bounded(what, fetch(`${this.url}/foulweather/ca.pem`));
    const text = await this.#calls.bounded(what, response.text());
    return response.ok ? text : null;
  }

  async #intercept(name: string, {authorities, host}: Interception): Promise<void> {
    const what = `follow the traffic of proxy ${name}`;
    const path = `/foulweather/proxies/${encodeURIComponent(name)}/interception`;
    const body = JSON.stringify({authorities, ...(host !== null && {host})});
    const asked = fetch(`${this.#calls.url}${path}`, {method: 'POST', body});
    const response = await this.#calls.bounded(what, asked);
    await response.body?.cancel();
    if (!response.ok) throw this.#calls.refused(what, `Request failed with status code ${response.status}`);
  }

  /** @param upstream `host:port` of the target */
  async createProxy(
    name: string,
    upstream: string,
    {protocol = '', interception = null, listenHost = '127.0.0.1'}: ProxyChoice = {},
  ): Promise<FaultyLink> {
    // A remote injector must listen where we can reach it; a local one stays on loopback.
    const host = new URL(this.url).hostname;
    const loopback = host === 'localhost' || host.startsWith('127.') || host === '[::1]';
    const listen = loopback ? `${listenHost}:0` : '0.0.0.0:0';
    const proxy = await this.#calls.bounded(
      `create proxy ${name}`,
      this.#client.createProxy({
        name,
        listen,
        upstream,
        enabled: true,
        ...(protocol !== '' && {protocol}),
      } as Parameters<Toxiproxy['createProxy']>[0]),
    );
    if (interception !== null) await this.#intercept(name, interception);
    const port = proxy.listen.slice(proxy.listen.lastIndexOf(':') + 1);
    return new FaultyLink(this.#calls, proxy, `${loopback ? listenHost : host}:${port}`);
  }
}

/** One proxy between the subject and the target. */
export class FaultyLink {
  /** `host:port` for the subject. */
  readonly address: string;
  readonly name: string;
  readonly #calls: BoundedCalls;
  #proxy: ClientProxy;
  readonly #active: Toxic<unknown>[] = [];
  /** The connects of a phase are refused. */
  #isRefused = false;
  #isServerAway = false;
  #countsHits: boolean | null = null;
  /** How far this client has read its news, as a query. */
  #known = '';

  constructor(calls: BoundedCalls, proxy: ClientProxy, address: string) {
    this.#calls = calls;
    this.#proxy = proxy;
    this.name = proxy.name;
    this.address = address;
  }

  /** Removes the faults of the previous phase and adds those of this one: see `clear` and `put`. */
  async apply(phase: string, faults: readonly Fault[], durationMs = 0): Promise<void> {
    await this.clear(faults);
    await this.put(phase, faults, durationMs);
  }

  /** Removes all faults. A proxy that is down, and stays down with the next faults, is not enabled in between. */
  async clear(next: readonly Fault[] = []): Promise<void> {
    while (this.#active.length > 0) await this.#removeToxic();
    this.#isRefused &&= next.some(isProxyState);
    await this.#openOrNot();
  }

  /**
   * Adds the faults of a phase; there must be none.
   * @param durationMs how long the phase lasts, for ramps
   */
  async put(phase: string, faults: readonly Fault[], durationMs = 0): Promise<void> {
    this.#isRefused ||= faults.some(isProxyState);
    await this.#openOrNot();
    for (const [position, fault] of faults.entries()) {
      const toxic = toToxic(faultName(phase, position, fault), fault, durationMs);
      if (toxic) await this.#addToxic(toxic);
    }
  }

  /** While there is no server, connects are refused here as they would be there. */
  async serverIsAway(isAway: boolean): Promise<void> {
    this.#isServerAway = isAway;
    await this.#openOrNot();
  }

  /** What the injector counted, or null where it does not count (a real Toxiproxy). */
  async witness(): Promise<ProxyWitness | null> {
    if (this.#countsHits === false) return null;
    const what = `report what it saw of proxy ${this.name}`;
    const response = await this.#ask(what, 'witness');
    if (response.ok) {
      this.#countsHits = true;
      return this.#calls.bounded(what, response.json() as Promise<ProxyWitness>);
    }
    await response.body?.cancel();
    if (response.status !== 404 || this.#countsHits) {
      throw this.#calls.refused(what, `Request failed with status code ${response.status}`);
    }
    this.#countsHits = false;
    return null;
  }

  /**
   * What is new since this was asked before, at most 2,000 connections and 2,000 hits; null where the injector keeps no
   * records (a real Toxiproxy). Ask for the witness first.
   */
  async log(): Promise<InjectorLog | null> {
    if (!this.#countsHits) return null;
    const what = `list the changes of proxy ${this.name}`;
    const response = await this.#ask(what, `changes?${this.#known}&limit=${keptRecords}`);
    if (!response.ok) {
      await response.body?.cancel();
      throw this.#calls.refused(what, `Request failed with status code ${response.status}`);
    }
    const news = await this.#calls.bounded(what, response.json() as Promise<ProxyChanges>);
    const {atMs, connectionCount, hitCount, ...log} = news;
    this.#known = `since=${atMs}&connections=${connectionCount}&hits=${hitCount}`;
    return log;
  }

  /** Notes the shape of all conversations from here on. False where the injector cannot (a real Toxiproxy). */
  async startRecording(): Promise<boolean> {
    return (await this.#recorded('record proxy', 'POST')) !== null;
  }

  async stopRecording(): Promise<void> {
    await this.#recorded('stop recording proxy', 'DELETE');
  }

  /** What was noted since the last start; null where there was none. */
  async recording(): Promise<ProxyRecording | null> {
    const response = await this.#recorded('return the recording of proxy', 'GET');
    if (response === null) return null;
    const what = `return the recording of proxy ${this.name}`;
    return this.#calls.bounded(what, response.json() as Promise<ProxyRecording>);
  }

  /** Null where there is no such thing. */
  async #recorded(act: string, method: 'GET' | 'POST' | 'DELETE'): Promise<Response | null> {
    const what = `${act} ${this.name}`;
    const response = await this.#ask(what, 'recording', method);
    if (response.ok && method === 'GET') return response;
    await response.body?.cancel();
    if (response.ok) return response;
    if (response.status === 404) return null;
    throw this.#calls.refused(what, `Request failed with status code ${response.status}`);
  }

  async #ask(what: string, part: string, method = 'GET'): Promise<Response> {
    const path = `/foulweather/proxies/${encodeURIComponent(this.name)}/${part}`;
    return this.#calls.bounded(what, fetch(`${this.#calls.url}${path}`, {method}));
  }

  async remove(): Promise<void> {
    await this.#calls.bounded(`remove proxy ${this.name}`, this.#proxy.remove());
  }

  async #openOrNot(): Promise<void> {
    const isOpen = !this.#isRefused && !this.#isServerAway;
    if (this.#proxy.enabled !== isOpen) await this.#setEnabled(isOpen);
  }

  async #setEnabled(enabled: boolean): Promise<void> {
    const {listen, upstream} = this.#proxy;
    const what = `${enabled ? 'enable' : 'disable'} proxy ${this.name}`;
    this.#proxy = await this.#calls.bounded(what, this.#proxy.update({enabled, listen, upstream}));
  }

  async #addToxic(toxic: ToxicSpec): Promise<void> {
    const body = {...toxic, type: toxic.type as ToxicType};
    const what = `add ${toxic.name} to proxy ${this.name}`;
    this.#active.push(await this.#calls.bounded(what, this.#proxy.addToxic(body)));
  }

  /** The latest first. One that cannot be removed is remembered as active. */
  async #removeToxic(): Promise<void> {
    const toxic = this.#active.at(-1)!;
    await this.#calls.bounded(`remove ${toxic.name} from proxy ${this.name}`, toxic.remove());
    this.#active.pop();
  }
}
