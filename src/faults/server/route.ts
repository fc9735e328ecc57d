// Finds what a request asks for, as Toxiproxy's router does.

/** What to do: the table's handler and path, and the parts of the path that vary; or why there is nothing to do. */
export type RouteMatch<T> =
  | {readonly kind: 'found'; readonly handler: T; readonly path: string; readonly params: readonly string[]}
  | {readonly kind: 'moved'; readonly location: string}
  | {readonly kind: 'not-found'}
  | {readonly kind: 'wrong-method'}
  | {readonly kind: 'bad-path'};

/** `path` has `*` for each part that varies. */
export type Route<T> = {readonly methods: readonly string[]; readonly path: string; readonly handler: T};

export function findRoute<T>(routes: readonly Route<T>[], method: string, url: string): RouteMatch<T> {
  const target = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(url)?.[0] ?? '';
  const [escapedPath = '', ...query] = url.slice(target.length).split('?');
  const path = unescapePath(escapedPath);
  if (path === undefined) return {kind: 'bad-path'};
  const clean = cleanPath(path);
  if (clean !== path) {
    const search = query.length === 0 ? '' : `?${query.join('?')}`;
    return {kind: 'moved', location: escapePath(clean) + search};
  }
  let isKnown = false;
  for (const {methods, path: pattern, handler} of routes) {
    const params = matchPath(pattern, path);
    if (params === undefined) continue;
    if (methods.includes(method)) return {kind: 'found', handler, path: pattern, params};
    isKnown = true;
  }
  return {kind: isKnown ? 'wrong-method' : 'not-found'};
}

function matchPath(pattern: string, path: string): readonly string[] | undefined {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return undefined;
  const isMatch = wanted.every(
    (part, index) => part === parts[index] || (part === '*' && parts[index] !== ''),
  );
  return isMatch ? parts.filter((_, index) => wanted[index] === '*') : undefined;
}

/** Go's path.Clean on a rooted path, but a trailing slash stays. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/** Node gives a path's bytes as Latin-1. Undefined for a broken percent sign. */
function unescapePath(path: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  const bytes = path.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function escapePath(path: string): string {
  return encodeURI(path.toWellFormed()).replace(
    /[!'()*?#]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
