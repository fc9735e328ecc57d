// What can happen to HTTP/1.1 requests between the subject and the target, as plain data. Only the embedded injector can.
import {type FaultOf, made, type OptionsOf} from './fault-defaults.ts';

/** Made by `httpStatus()`. */
export type HttpStatusFault = FaultOf<'httpStatus'>;
/** Made by `httpFault()`. */
export type HttpFault = FaultOf<'httpFault'>;
/** Made by `slowBody()`. */
export type SlowBodyFault = FaultOf<'slowBody'>;
/** Made by `wrongContentLength()`. */
export type WrongContentLengthFault = FaultOf<'wrongContentLength'>;
/** Made by `dropKeepAlive()`. */
export type DropKeepAliveFault = FaultOf<'dropKeepAlive'>;

export type AnyHttpFault =
  | HttpStatusFault
  | HttpFault
  | SlowBodyFault
  | WrongContentLengthFault
  | DropKeepAliveFault;

const kinds: ReadonlySet<string> = new Set<AnyHttpFault['kind']>([
  'httpStatus',
  'httpFault',
  'slowBody',
  'wrongContentLength',
  'dropKeepAlive',
]);

export const isHttpFault = (kind: string): boolean => kinds.has(kind);

type StatusOptions = Omit<OptionsOf<'httpStatus'>, 'retryAfter'> & {
  /** `Retry-After`, in seconds. Default: no such header. */
  readonly retryAfterSeconds?: number;
  /** `Retry-After` as a date: an HTTP date, or a number of seconds after the response. */
  readonly retryAfterDate?: string | number;
};

type BodyCut =
  | {readonly cutRatio?: number; readonly cutBytes?: never}
  | {readonly cutRatio?: never; readonly cutBytes?: number};
type CutOptions = OptionsOf<'httpFault'> &
  BodyCut &
  ({readonly stage: 'request'; readonly action: 'hang' | 'close' | 'abort'} | {readonly stage: 'response'});

const retryAfterOf = ({retryAfterSeconds, retryAfterDate}: StatusOptions): string | undefined => {
  if (retryAfterSeconds !== undefined) return String(retryAfterSeconds);
  return typeof retryAfterDate === 'number' ? `+${retryAfterDate}` : retryAfterDate;
};

/**
 * Answers with an error status instead of the target, which gets nothing of the request. `retryAfterSeconds` sends
 * Retry-After in seconds; `retryAfterDate` as a date: an HTTP date, or this many seconds after the response.
 */
export const httpStatus = (options: StatusOptions): HttpStatusFault => {
  const {retryAfterSeconds, retryAfterDate, ...others} = options;
  return made('httpStatus', {...others, retryAfter: retryAfterOf(options)});
};

/**
 * Hangs, closes (FIN) or aborts (RST) in a request or in its response. The cut says how much of the body is read or
 * passes; without one there is no response, and nothing of the request's body is read. A request fault keeps the request
 * from the target; a response fault lets the target have all of it first. `finish` cuts a response short in form.
 */
export const httpFault = (options: CutOptions): HttpFault => made('httpFault', options);

/** Lets the body of a response drip at `bytesPerSecond`. */
export const slowBody = (options: OptionsOf<'slowBody'>): SlowBodyFault => made('slowBody', options);

/** Declares more bytes than a response's body has, or fewer; with `close` the connection is closed after it. */
export const wrongContentLength = (options: OptionsOf<'wrongContentLength'>): WrongContentLengthFault =>
  made('wrongContentLength', options);

/** Closes the connection after a response, announced by `Connection: close` or not. */
export const dropKeepAlive = (options: OptionsOf<'dropKeepAlive'> = {}): DropKeepAliveFault =>
  made('dropKeepAlive', options);
