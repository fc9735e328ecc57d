// What can happen to HTTP/1.1 requests between the subject and the target, as plain data. Only the embedded injector can.
import {type FaultScope, made, scope} from './fault-scope.ts';

/** Which requests a fault is for. Its probability, nth, first n and hit limit are about those, over all connections. */
type RequestScope = FaultScope & {
  /** Empty: any. */
  readonly method: string;
  /** A pattern of the path without its query: `*` within a segment, `**` across. Empty: any. */
  readonly path: string;
};

export type HttpStatusFault = RequestScope & {
  readonly kind: 'httpStatus';
  readonly status: number;
  /** Seconds (`7`), an HTTP date, or `+7` for the date 7 s after the answer. Empty: no such header. */
  readonly retryAfter: string;
  readonly body: string;
  readonly contentType: string;
  readonly close: boolean;
};
export type HttpFault = RequestScope & {
  readonly kind: 'httpFault';
  readonly stage: 'request' | 'response';
  readonly action: 'hang' | 'close' | 'abort' | 'finish';
  /** 0 to 1; null: not given. */
  readonly cutRatio: number | null;
  /** Null: not given. */
  readonly cutBytes: number | null;
};
export type SlowBodyFault = RequestScope & {readonly kind: 'slowBody'; readonly bytesPerSecond: number};
export type WrongContentLengthFault = RequestScope & {
  readonly kind: 'wrongContentLength';
  readonly differenceBytes: number;
  readonly close: boolean;
};
export type DropKeepAliveFault = RequestScope & {readonly kind: 'dropKeepAlive'; readonly announce: boolean};

export type AnyHttpFault =
  | HttpStatusFault
  | HttpFault
  | SlowBodyFault
  | WrongContentLengthFault
  | DropKeepAliveFault;

type RequestOptions = Partial<RequestScope>;
type BodyCut = {cutRatio?: number; cutBytes?: never} | {cutRatio?: never; cutBytes?: number};
type FaultOptions =
  | {stage: 'request'; action: 'hang' | 'close' | 'abort'}
  | {stage: 'response'; action: 'hang' | 'close' | 'abort' | 'finish'};

const requests = ({method = '', path = '', ...options}: RequestOptions): RequestScope => ({
  method,
  path,
  ...scope(options),
});

/** A number of `retryAfterDate` is seconds after the answer, as an HTTP date; a text is the date itself. */
const retryAfterOf = (options: {retryAfterSeconds?: number; retryAfterDate?: string | number}): string => {
  const {retryAfterSeconds, retryAfterDate} = options;
  if (retryAfterSeconds !== undefined) return String(retryAfterSeconds);
  return typeof retryAfterDate === 'number' ? `+${retryAfterDate}` : (retryAfterDate ?? '');
};

/**
 * Answers with an error status in the target's place, which gets nothing of the request. `retryAfterSeconds` sends
 * Retry-After in seconds; `retryAfterDate` as a date: an HTTP date, or so many seconds after the answer.
 */
export const httpStatus = (
  options: {
    status: number;
    retryAfterSeconds?: number;
    retryAfterDate?: string | number;
    body?: string;
    contentType?: string;
    close?: boolean;
  } & RequestOptions,
): HttpStatusFault =>
  made(
    options,
    {
      kind: 'httpStatus',
      status: options.status,
      retryAfter: retryAfterOf(options),
      body: options.body ?? '',
      contentType: options.contentType ?? 'text/plain; charset=utf-8',
      close: options.close ?? false,
      ...requests(options),
    },
    ['retryAfterSeconds', 'retryAfterDate'],
  );

/**
 * Hangs, closes (FIN) or aborts (RST) in a request or in its response. The cut says how much of the body is read or
 * passes; without one no response comes, and nothing of the request's body is read. A request fault keeps the request
 * from the target; a response fault lets the target have all of it first. `finish` cuts a response short in form.
 */
export const httpFault = (options: FaultOptions & BodyCut & RequestOptions): HttpFault =>
  made(options, {
    kind: 'httpFault',
    stage: options.stage,
    action: options.action,
    cutRatio: options.cutRatio ?? null,
    cutBytes: options.cutBytes ?? null,
    ...requests(options),
  });

/** Lets the body of a response drip at `bytesPerSecond`. */
export const slowBody = (options: {bytesPerSecond: number} & RequestOptions): SlowBodyFault =>
  made(options, {
    kind: 'slowBody',
    bytesPerSecond: options.bytesPerSecond,
    ...requests(options),
  });

/** Declares so many bytes more than a response's body has, or fewer; with `close` the connection is closed after it. */
export const wrongContentLength = (
  options: {differenceBytes: number; close?: boolean} & RequestOptions,
): WrongContentLengthFault =>
  made(options, {
    kind: 'wrongContentLength',
    differenceBytes: options.differenceBytes,
    close: options.close ?? false,
    ...requests(options),
  });

/** Closes the connection after a response, having announced it by `Connection: close`, or not. */
export const dropKeepAlive = (options: {announce?: boolean} & RequestOptions = {}): DropKeepAliveFault =>
  made(options, {
    kind: 'dropKeepAlive',
    announce: options.announce ?? true,
    ...requests(options),
  });
