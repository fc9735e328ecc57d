// Finds the handler of a request, as Toxiproxy's router does.

/** The route's handler and path, and the parts of the path that vary; or why there is none. */
export type RouteMatch<T> =
  | {readonly kind: 'found'; readonly handler: T; readonly path: string; readonly params: readonly string[]}
  | {readonly kind: 'moved'; readonly location: string}
  | {readonly kind: 'not-found'}
  | {readonly kind: 'wrong-method'}
  | {readonly kind: 'bad-path'};

/** `path` has `*` for each part that varies. */
export type Route<T> = {readonly methods: readonly string[]; readonly path: string; readonly handler: T};

export const findRoute = <T>(routes: readonly Route<T>[], method: string, url: string): RouteMatch<T> => {
  const target = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(url)?.[0] ?? '';
  const [escapedPath = '', ...query] = url.slice(target.length).split('?');
  const path = unescapePath(escapedPath);
  if (path === null) return {kind: 'bad-path'};
  const clean = cleanPath(path);
  if (clean !== path) {
    const search = query.length === 0 ? '' : `?${query.join('?')}`;
    return {kind: 'moved', location: escapePath(clean) + search};
  }
  let isKnown = false;
  for (const {methods, path: pattern, handler} of routes) {
    const params = matchPath(pattern, path);
    if (params === null) continue;
    if (methods.includes(method)) return {kind: 'found', handler, path: pattern, params};
    isKnown = true;
  }
  return {kind: isKnown ? 'wrong-method' : 'not-found'};
};

const matchPath = (pattern: string, path: string): readonly string[] | null => {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return null;
  const isMatch = wanted.every(
    (part, index) => part === parts[index] || (part === '*' && parts[index] !== ''),
  );
  return isMatch ? parts.filter((_, index) => wanted[index] === '*') : null;
};

/** Go's path.Clean on a rooted path, but a trailing slash stays. */
const cleanPath = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
};

/** Node gives a path's bytes as Latin-1. Null for a broken percent sign. */
const unescapePath = (path: string): string | null => {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return null;
  const bytes = path.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

const escapePath = (path: string): string =>
  encodeURI(path.toWellFormed()).replace(
    /[!'()*?#]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
