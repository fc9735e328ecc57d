// The head of an answer that the proxy gives in the upstream's place.

import {STATUS_CODES} from 'node:http';
import {type HeaderField, rewriteHead} from './head.ts';

export type ErrorAnswer = {
  readonly status: number;
  /** Empty: not sent. */
  readonly retryAfter: string;
  /** Empty: not sent. */
  readonly contentType: string;
  readonly bodyBytes: number;
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
};

/**
 * What Node's servers send. The upstream knows nothing of such a connection and never closes it: without a time-out
 * in the header a client keeps it, and it looks leaked.
 */
const idleSeconds = 5;

export const errorHead = ({status, retryAfter, contentType, bodyBytes, isLast}: ErrorAnswer): Buffer => {
  const fields: readonly HeaderField[] = [
    ['Date', new Date().toUTCString()],
    ['Retry-After', retryAfter],
    ['Content-Type', contentType],
    ['Content-Length', String(bodyBytes)],
    ['Connection', isLast ? 'close' : 'keep-alive'],
    ['Keep-Alive', isLast ? '' : `timeout=${idleSeconds}`],
  ];
  const startLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`;
  return rewriteHead(
    {startLine, fields: []},
    [],
    fields.filter(([, value]) => value !== ''),
  );
};
