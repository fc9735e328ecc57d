// What can happen to HTTP requests between the subject and the target, as plain data. Only the embedded injector can.
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
/** Made by `malformedResponse()`. */
export type MalformedResponseFault = FaultOf<'malformedResponse'>;

/** Made by `goAway()`. */
export type GoAwayFault = FaultOf<'goAway'>;
/** Made by `resetStream()`. */
export type ResetStreamFault = FaultOf<'resetStream'>;
/** Made by `limitStreams()`. */
export type LimitStreamsFault = FaultOf<'limitStreams'>;
/** Made by `closedWindows()`. */
export type ClosedWindowsFault = FaultOf<'closedWindows'>;
/** Made by `ignorePings()`. */
export type IgnorePingsFault = FaultOf<'ignorePings'>;
/** Made by `grpcStatus()`. */
export type GrpcStatusFault = FaultOf<'grpcStatus'>;
/** Made by `withholdTrailers()`. */
export type WithholdTrailersFault = FaultOf<'withholdTrailers'>;

/** By request. */
export type AnyRequestFault =
  | HttpStatusFault
  | HttpFault
  | SlowBodyFault
  | WrongContentLengthFault
  | DropKeepAliveFault
  | MalformedResponseFault
  | GoAwayFault
  | ResetStreamFault
  | GrpcStatusFault
  | WithholdTrailersFault;

/** By connection of HTTP/2. */
export type AnyHttp2SettingFault = LimitStreamsFault | ClosedWindowsFault | IgnorePingsFault;

export type AnyHttpFault = AnyRequestFault | AnyHttp2SettingFault;

const requestKinds: ReadonlySet<string> = new Set<AnyRequestFault['kind']>([
  'httpStatus',
  'httpFault',
  'slowBody',
  'wrongContentLength',
  'dropKeepAlive',
  'malformedResponse',
  'goAway',
  'resetStream',
  'grpcStatus',
  'withholdTrailers',
]);
const settingKinds: ReadonlySet<string> = new Set<AnyHttp2SettingFault['kind']>([
  'limitStreams',
  'closedWindows',
  'ignorePings',
]);

/** Whether its probability is decided for requests. */
export const isRequestFault = (kind: string): boolean => requestKinds.has(kind);

/** Whether it needs HTTP to be followed. */
export const isHttpFault = (kind: string): boolean => requestKinds.has(kind) || settingKinds.has(kind);

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
 * Retry-After in seconds; `retryAfterDate` as a date: an HTTP date, or this many seconds after the response. With `early`, the
 * client gets the answer while it still sends the request's body.
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

/** Lets a response arrive as no server should send it: with bytes after its end, with a head that never ends, or twice. */
export const malformedResponse = (options: OptionsOf<'malformedResponse'>): MalformedResponseFault =>
  made('malformedResponse', options);

type ResetOptions = OptionsOf<'resetStream'> & BodyCut;

/**
 * Says GOAWAY when a request comes. With `NO_ERROR` the connection ends once what it serves is over, and any other code ends it
 * at once. With `served: false` the request is not among what is served: the target gets nothing of it.
 */
export const goAway = (options: OptionsOf<'goAway'> = {}): GoAwayFault => made('goAway', options);

/** Ends the stream of a request by RST_STREAM with this code: before, within or after the body of the request or its response. */
export const resetStream = (options: ResetOptions): ResetStreamFault => made('resetStream', options);

/** Lowers SETTINGS_MAX_CONCURRENT_STREAMS, on live connections too. Streams beyond it are refused. */
export const limitStreams = (options: OptionsOf<'limitStreams'>): LimitStreamsFault =>
  made('limitStreams', options);

/** Never opens the windows for what the client sends: the bodies of its requests wait. */
export const closedWindows = (options: OptionsOf<'closedWindows'> = {}): ClosedWindowsFault =>
  made('closedWindows', options);

/** Leaves the client's PINGs without an answer. */
export const ignorePings = (options: OptionsOf<'ignorePings'> = {}): IgnorePingsFault =>
  made('ignorePings', options);

/**
 * Ends calls of gRPC with this status: in the target's place, or with `stage: 'response'` in place of the status that the target
 * answered, whose effect remains.
 */
export const grpcStatus = (options: OptionsOf<'grpcStatus'>): GrpcStatusFault => made('grpcStatus', options);

/** Lets a response pass without its trailers, which in gRPC hold the status. */
export const withholdTrailers = (options: OptionsOf<'withholdTrailers'>): WithholdTrailersFault =>
  made('withholdTrailers', options);
