// What is recorded of a request: nothing that could hold a secret, so no query, no user info, and only one header.

import {type HeaderField, type RequestHead, valuesOf} from './head.ts';

export type RequestFacts = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The header x-operation-id, or else the last segment of the path, but for gRPC's. Null if there is neither. */
  readonly operationId: string | null;
};

const longestPath = 1024;
const longestId = 128;

export const factsOf = ({method, target, fields}: RequestHead): RequestFacts => {
  const path = pathOf(method, target);
  // All calls of a method of gRPC have one path.
  const segment = isGrpc(fields) ? '' : path.slice(path.lastIndexOf('/') + 1);
  const [id = segment] = valuesOf(fields, 'x-operation-id');
  return {
    method,
    path: path.slice(0, longestPath),
    operationId: id === '' ? null : id.slice(0, longestId),
  };
};

const isGrpc = (fields: readonly HeaderField[]): boolean =>
  valuesOf(fields, 'content-type').some(type => /^application\/grpc(?:$|[+;])/i.test(type));

/** Whether a client may send of a request for as long as it likes: a call of gRPC, or a tunnel. */
export const mayStayOpen = ({method, fields}: RequestHead): boolean => method === 'CONNECT' || isGrpc(fields);

/** The path of a request's target without the query: also of `http://user:password@host/path?query`. */
export const pathOf = (method: string, target: string): string => {
  if (method === 'CONNECT') return target;
  const [path = ''] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  return path === '' ? '/' : path;
};
