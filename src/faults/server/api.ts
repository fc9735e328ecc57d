// The routes: Toxiproxy's, and some of our own that prove what the faults did, and record conversations.

import {asApiError, errorBody, recordingNotFound} from './api-error.ts';
import {changesSince, readCursor} from './changes.ts';
import {toGoJson} from './go-json.ts';
import type {Proxies} from './proxies.ts';
import type {TcpProxy} from './proxy.ts';
import {readInterception, readJson, readPopulation, readProxy, toRequest} from './proxy-body.ts';
import type {Route} from './route.ts';

/** The Toxiproxy release whose API this is. */
export const toxiproxyVersion = '2.12.0';

export type ApiCall = {
  readonly proxies: Proxies;
  /** The names in the path. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Reads the whole body. Throws ApiError 400 when it is too large. */
  readonly body: () => Promise<Buffer>;
};

export type Answer = {readonly status: number; readonly contentType?: string; readonly body?: string};
export type Handler = (call: ApiCall) => Answer | Promise<Answer>;

const json = (status: number, body: string): Answer => ({status, contentType: 'application/json', body});
const noContent: Answer = {status: 204};

const listProxies: Handler = ({proxies}) => {
  const entries = proxies.list().map(proxy => `${toGoJson(proxy.name)}:${proxy.toJson()}`);
  return json(200, `{${entries.join(',')}}`);
};

const createProxy: Handler = async ({proxies, body}) => {
  const proxy = await proxies.create(toRequest(readProxy(await body())));
  return json(201, proxy.toJson());
};

const showProxy: Handler = call => json(200, proxyOf(call).toJson());

const updateProxy: Handler = async call => {
  const {name} = proxyOf(call);
  const {listen, upstream, enabled, protocol, passEnds} = readProxy(await call.body());
  const proxy = await call.proxies.update(name, current => ({
    listen: listen ?? current.listen,
    upstream: upstream ?? current.upstream,
    enabled: enabled ?? current.enabled,
    protocol: protocol ?? current.protocol,
    passEnds: passEnds ?? current.passEnds,
  }));
  return json(200, proxy.toJson());
};

const deleteProxy: Handler = async call => {
  await call.proxies.remove(proxyOf(call).name);
  return noContent;
};

const listToxics: Handler = call => json(200, proxyOf(call).toxics.toJson());

const createToxic: Handler = async call => {
  const proxy = proxyOf(call);
  const toxic = proxy.toxics.add(readJson(await call.body()));
  await proxy.settled();
  return json(200, toxic.toJson());
};

const showToxic: Handler = call => json(200, proxyOf(call).toxics.get(toxicName(call)).toJson());

const updateToxic: Handler = async call => {
  const {toxics} = proxyOf(call);
  const {name} = toxics.get(toxicName(call));
  return json(200, toxics.update(name, readJson(await call.body())).toJson());
};

const deleteToxic: Handler = async call => {
  const proxy = proxyOf(call);
  proxy.toxics.remove(toxicName(call));
  await proxy.settled();
  return noContent;
};

const populate: Handler = async call => {
  const {proxies, error} = await call
    .body()
    .then(body => call.proxies.populate(readPopulation(body)))
    .catch((error: unknown) => ({proxies: [], error: asApiError(error)}));
  const list = proxies.length === 0 ? 'null' : `[${proxies.map(proxy => proxy.toJson()).join(',')}]`;
  if (error === null) return json(201, `{"proxies":${list}}`);
  // Toxiproxy answers these errors as JSON, unlike all others.
  return json(error.status, `${errorBody(error).slice(0, -1)},"proxies":${list}}`);
};

const reset: Handler = async ({proxies}) => {
  await proxies.reset();
  return noContent;
};

const version: Handler = () => ({
  status: 200,
  contentType: 'application/json;charset=utf-8',
  body: `{"version": "${toxiproxyVersion}"}\n`,
});

const witness: Handler = async call => {
  const proxy = proxyOf(call);
  await proxy.packets.count();
  return json(200, toGoJson(proxy.report()));
};

const connections: Handler = call => json(200, toGoJson(proxyOf(call).witness.connections()));

const hits: Handler = call => json(200, toGoJson(proxyOf(call).http.hits()));

const changes: Handler = call => {
  const {witness, http} = proxyOf(call);
  return json(200, toGoJson(changesSince(witness, http, readCursor(call.query))));
};

const startRecording: Handler = call => json(201, toGoJson(proxyOf(call).startRecording().report()));

const showRecording: Handler = call => {
  const {recording} = proxyOf(call);
  if (recording === null) throw recordingNotFound();
  return json(200, toGoJson(recording.report()));
};

const stopRecording: Handler = call => {
  proxyOf(call).stopRecording();
  return noContent;
};

const startInterception: Handler = async call => {
  const proxy = proxyOf(call);
  proxy.interception = readInterception(await call.body());
  return noContent;
};

const stopInterception: Handler = call => {
  proxyOf(call).interception = null;
  return noContent;
};

export const apiRoutes: readonly Route<Handler>[] = [
  {methods: ['GET'], path: '/proxies', handler: listProxies},
  {methods: ['POST'], path: '/proxies', handler: createProxy},
  {methods: ['GET'], path: '/proxies/*', handler: showProxy},
  {methods: ['POST', 'PATCH'], path: '/proxies/*', handler: updateProxy},
  {methods: ['DELETE'], path: '/proxies/*', handler: deleteProxy},
  {methods: ['GET'], path: '/proxies/*/toxics', handler: listToxics},
  {methods: ['POST'], path: '/proxies/*/toxics', handler: createToxic},
  {methods: ['GET'], path: '/proxies/*/toxics/*', handler: showToxic},
  {methods: ['POST', 'PATCH'], path: '/proxies/*/toxics/*', handler: updateToxic},
  {methods: ['DELETE'], path: '/proxies/*/toxics/*', handler: deleteToxic},
  {methods: ['POST'], path: '/populate', handler: populate},
  {methods: ['POST'], path: '/reset', handler: reset},
  {methods: ['GET'], path: '/version', handler: version},
  {methods: ['GET'], path: '/foulweather/proxies/*/witness', handler: witness},
  {methods: ['GET'], path: '/foulweather/proxies/*/connections', handler: connections},
  {methods: ['GET'], path: '/foulweather/proxies/*/hits', handler: hits},
  {methods: ['GET'], path: '/foulweather/proxies/*/changes', handler: changes},
  {methods: ['GET'], path: '/foulweather/proxies/*/recording', handler: showRecording},
  {methods: ['POST'], path: '/foulweather/proxies/*/recording', handler: startRecording},
  {methods: ['DELETE'], path: '/foulweather/proxies/*/recording', handler: stopRecording},
  {methods: ['POST'], path: '/foulweather/proxies/*/interception', handler: startInterception},
  {methods: ['DELETE'], path: '/foulweather/proxies/*/interception', handler: stopInterception},
  // Its name before 0.2.
  {methods: ['GET'], path: '/foulweather/proxies/*/news', handler: changes},
];

const proxyOf = ({proxies, names}: ApiCall): TcpProxy => proxies.get(names[0] ?? '');

const toxicName = ({names}: ApiCall): string => names[1] ?? '';
