// Finds the handler of a request, as Toxiproxy's router does, but for an escaped slash, which is part of a name.

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
  if (/%(?![0-9a-fA-F]{2})/.test(escapedPath)) return {kind: 'bad-path'};
  const parts = escapedPath.split('/').map(unescapePart);
  const clean = cleanPath(parts);
  if (clean.length !== parts.length || clean.some((part, index) => part !== parts[index])) {
    const search = query.length === 0 ? '' : `?${query.join('?')}`;
    return {kind: 'moved', location: clean.map(escapePart).join('/') + search};
  }
  let isKnown = false;
  for (const {methods, path: pattern, handler} of routes) {
    const params = matchPath(pattern, parts);
    if (params === null) continue;
    if (methods.includes(method)) return {kind: 'found', handler, path: pattern, params};
    isKnown = true;
  }
  return {kind: isKnown ? 'wrong-method' : 'not-found'};
};

const matchPath = (pattern: string, parts: readonly string[]): readonly string[] | null => {
  const wanted = pattern.split('/');
  if (wanted.length !== parts.length) return null;
  const isMatch = wanted.every(
    (part, index) => part === parts[index] || (part === '*' && parts[index] !== ''),
  );
  return isMatch ? parts.filter((_, index) => wanted[index] === '*') : null;
};

/** Go's path.Clean on a rooted path, but a trailing slash stays. */
const cleanPath = (parts: readonly string[]): readonly string[] => {
  const clean: string[] = [];
  for (const part of parts) {
    if (part === '..') clean.pop();
    else if (part !== '' && part !== '.') clean.push(part);
  }
  const hasTrailingSlash = clean.length === 0 || parts.at(-1) === '';
  return ['', ...clean, ...(hasTrailingSlash ? [''] : [])];
};

/** Node gives a path's bytes as Latin-1. */
const unescapePart = (part: string): string => {
  const bytes = part.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

const escapePart = (part: string): string =>
  encodeURI(part.toWellFormed()).replace(
    /[!'()*?#/]/g,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
