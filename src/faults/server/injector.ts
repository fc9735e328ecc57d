// The embedded fault injector: a server with Toxiproxy's API and data plane, repeatable by its seed, which can prove its hits.

import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {apiRoutes, type Handler} from './api.ts';
import {ApiError} from './api-error.ts';
import type {JsonValue} from './go-json.ts';
import {type ApiChange, createApiServer} from './http-server.ts';
import {Metrics, metricsContentType} from './metrics.ts';
import {NameServer} from './name-server.ts';
import {silence} from './packet-filter.ts';
import {Proxies} from './proxies.ts';
import type {Miss, ProxySettings, TcpProxy} from './proxy.ts';
import {readPopulatedToxics, readPopulation} from './proxy-body.ts';
import type {Route} from './route.ts';
import {Certificates} from './tls/certificates.ts';
import {silentAddresses} from './toxics/names.ts';

export type InjectorOptions = {
  /** Where the API listens. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The same seed gives the same decisions for the n-th connection of a proxy, whatever the timing. */
  readonly seed: number;
  /** Whether to serve GET /metrics in Prometheus' text format. */
  readonly metrics?: boolean;
  /** The path of `nft`, for toxics on packets: only in a network namespace of the run's own. Default: null, there are no such toxics. */
  readonly nft?: string | null;
  /** Whether it answers DNS queries, at 127.0.0.1:53: only in such a namespace. Default: false. */
  readonly names?: boolean;
  /** Called with each request that changed something, after it did. */
  readonly changed?: (change: ApiChange) => void;
  /** Called when a toxic meets something for the first time that it cannot act on. */
  readonly missed?: (miss: Miss) => void;
};

export type Injector = {
  /** The API's address without a trailing slash, as toxiproxy-node-client wants it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Starts the proxies of a JSON text as POST /populate takes it, adds the toxics that it gives them, and returns them with their real
   * addresses. Throws ApiError at the first that cannot start or be added; what came before it stays.
   */
  populate(json: Buffer): Promise<readonly NamedProxySettings[]>;
  /** Closes the API, all proxies and all their connections. */
  close(): Promise<void>;
};

export type NamedProxySettings = ProxySettings & {readonly name: string; readonly toxicCount: number};

/** Starts an injector. Rejects with the system's error if the API cannot listen. */
export const startInjector = async (options: InjectorOptions): Promise<Injector> => {
  const {host, port, seed, metrics = false, nft = null, names = false, changed = null} = options;
  const {missed = () => undefined} = options;
  const counters = metrics ? new Metrics() : null;
  const certificates = new Certificates();
  const proxies = new Proxies({
    seed,
    nft,
    certificates,
    transferred: transfer => counters?.count(transfer),
    missed,
  });
  const nameServer = names ? await NameServer.start(() => proxies.latest?.names ?? null) : null;
  if (names && nft !== null) await silence(nft, silentAddresses);
  const own = [...apiRoutes, authorityRoute(certificates)];
  const routes = counters === null ? own : [...own, metricsRoute(counters)];
  const server = createApiServer(proxies, routes, changed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({host, port}, resolve);
  });
  const {port: realPort} = server.address() as AddressInfo; // a string only for pipes
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${realPort}`,
    host,
    port: realPort,
    async populate(json) {
      const toxics = readPopulatedToxics(json);
      const {proxies: started, error} = await proxies.populate(readPopulation(json));
      if (error !== null) throw error;
      for (const [index, proxy] of started.entries()) addToxics(proxy, toxics[index] ?? []);
      await Promise.all(started.map(proxy => proxy.settled()));
      return started.map(({name, settings}, index) => ({
        name,
        ...settings,
        toxicCount: toxics[index]?.length ?? 0,
      }));
    },
    async close() {
      await Promise.all([closeServer(server), proxies.close(), nameServer?.close()]);
    },
  };
};

/** Throws ApiError 400 or 409, which says the toxic. */
const addToxics = ({name, toxics}: TcpProxy, bodies: readonly JsonValue[]): void => {
  for (const [index, body] of bodies.entries()) {
    try {
      toxics.add(body);
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      const reason = cause.message.replace(/^bad request body: /, '');
      throw new ApiError(`toxic ${index + 1} of proxy ${name}: ${reason}`, cause.status, {cause});
    }
  }
};

const metricsRoute = (counters: Metrics): Route<Handler> => {
  const handler = () => ({status: 200, contentType: metricsContentType, body: counters.toText()});
  return {methods: ['GET'], path: '/metrics', handler};
};

/** The certificate to trust, so that a client refuses a wrong certificate for what is wrong with it alone. */
const authorityRoute = (certificates: Certificates): Route<Handler> => {
  const handler = async () => ({
    status: 200,
    contentType: 'application/x-pem-file',
    body: await certificates.ca(),
  });
  return {methods: ['GET'], path: '/foulweather/ca.pem', handler};
};

const closeServer = async (server: Server): Promise<void> => {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
};
