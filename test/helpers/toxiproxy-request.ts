// One HTTP request to a Toxiproxy API, with nothing added and nothing followed.

import {once} from 'node:events';
import {request} from 'node:http';
import {text} from 'node:stream/consumers';

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  /** A string goes as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ApiResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

export async function send(url: string, {method, path, body, headers}: ApiRequest): Promise<ApiResponse> {
  const {hostname, port} = new URL(url);
  const call = request({hostname, port, method, path, headers: {...headers}, agent: false});
  if (body !== undefined) call.write(typeof body === 'string' ? body : JSON.stringify(body));
  call.end();
  const [response] = await once(call, 'response');
  return {status: response.statusCode, headers: response.headers, body: await text(response)};
}

/** Sends a request that must succeed, and parses the answer. */
export async function api<T = unknown>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await send(url, {method, path, ...(body !== undefined && {body})});
  if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${response.body}`);
  return (response.body === '' ? undefined : JSON.parse(response.body)) as T;
}

export type ProxyJson = {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicJson[];
};

export type ToxicJson = {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly type: string;
  readonly stream: string;
  readonly toxicity: number;
};

export async function deleteAllProxies(url: string): Promise<void> {
  const names = Object.keys(await api<Record<string, unknown>>(url, 'GET', '/proxies'));
  for (const name of names) await api(url, 'DELETE', `/proxies/${encodeURIComponent(name)}`);
}
