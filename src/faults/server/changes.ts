// What is new at a proxy since the last request: connections that were opened, hit or closed, and requests that were
// hit. What does not fit is only counted.

import {wholeEpochMs} from '../../model/clock.ts';
import type {ConnectionRecord, ProxyChanges} from '../../model/proxy-witness.ts';
import {ApiError} from './api-error.ts';
import type {HttpRules} from './http/rules.ts';
import type {Witness} from './witness.ts';

/** How far the client has read: what the previous answer said, or zeros. */
export type Cursor = {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly connections: number;
  readonly hits: number;
  /** How many of each are wanted. */
  readonly limit: number;
};

const usualLimit = 2000;

/** Reads `?since=…&connections=…&hits=…&limit=…`. Throws ApiError 400. */
export const readCursor = (query: URLSearchParams): Cursor => {
  const number = (name: string, usual: number): number => {
    const text = query.get(name);
    if (text === null) return usual;
    if (!/^\d{1,15}$/.test(text)) throw new ApiError(`${name} must be a whole number`, 400);
    return Number(text);
  };
  return {
    sinceMs: number('since', 0),
    connections: number('connections', 0),
    hits: number('hits', 0),
    limit: number('limit', usualLimit),
  };
};

export const changesSince = (witness: Witness, http: HttpRules, since: Cursor): ProxyChanges => {
  const {sinceMs, limit} = since;
  const atMs = wholeEpochMs();
  const kept = witness.connections();
  const {openedConnections} = witness.report();
  const wasHit = ({hitsMs}: ConnectionRecord): boolean => hitsMs.some(hitMs => hitMs >= sinceMs);
  const isNew = (record: ConnectionRecord): boolean =>
    record.id > since.connections ||
    wasHit(record) ||
    (record.closedMs !== null && record.closedMs >= sinceMs);
  const news = kept.filter(isNew);
  // Those that were hit come first; within both, the first to come.
  const wanted = [...news.filter(wasHit), ...news.filter(record => !wasHit(record))].slice(0, limit);
  const forgotten = Math.max(0, (kept[0]?.id ?? 1) - 1 - since.connections);
  const hitsSince = Math.max(0, http.hitCount - since.hits);
  const hits = hitsSince === 0 ? [] : http.hits().slice(-hitsSince).slice(0, limit);
  return {
    atMs,
    connectionCount: openedConnections,
    hitCount: http.hitCount,
    connections: wanted.sort((a, b) => a.id - b.id),
    connectionsLeftOut: news.length - wanted.length + forgotten,
    hits,
    hitsLeftOut: hitsSince - hits.length,
  };
};
