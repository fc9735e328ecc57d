// What the bench asks of an injector's API.

const call = async (url: string, method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${url}${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** Makes a proxy and tells where it listens. */
export const createProxy = async (url: string, name: string, upstream: string): Promise<string> => {
  const proxy = await call(url, 'POST', '/proxies', {name, listen: '127.0.0.1:0', upstream});
  return (proxy as {listen: string}).listen;
};

/** Follows HTTP on a proxy's connections, inside of TLS, too, where the target's certificate is of that authority. */
export const intercept = (url: string, proxy: string, authorities: string): Promise<unknown> =>
  call(url, 'POST', `/foulweather/proxies/${proxy}/interception`, {authorities});

/** Adds a downstream toxic for as long as the work takes. */
export const withToxic = async <T>(
  url: string,
  proxy: string,
  toxic: {readonly type: string; readonly attributes: Readonly<Record<string, number>>},
  work: () => Promise<T>,
): Promise<T> => {
  await call(url, 'POST', `/proxies/${proxy}/toxics`, {...toxic, name: 'bench', stream: 'downstream'});
  try {
    return await work();
  } finally {
    await call(url, 'DELETE', `/proxies/${proxy}/toxics/bench`);
  }
};
