// Fault → toxic: from foulweather's words to Toxiproxy's.
import type {Fault, StallFault} from '../model/fault.ts';
import type {FaultScope, Moment, Ramp} from '../model/fault-defaults.ts';
import type {AnyHttp2SettingFault, AnyRequestFault} from '../model/http-fault.ts';
import type {ReplyFault} from '../model/reply-fault.ts';
import {isServerError, protocolOf, toxicOf} from '../model/server-errors.ts';
import {type AnyServerFault, isServerFault} from '../model/server-fault.ts';
import type {AnyTlsFault} from '../model/tls-fault.ts';

/** What Toxiproxy's API takes to add a toxic. */
export type ToxicSpec = {
  readonly name: string;
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number | boolean | string>>;
  // Only the embedded injector knows these; a real Toxiproxy would ignore them.
  readonly nth?: number;
  readonly first_n?: number;
  readonly hit_limit?: number;
  readonly start_after?: number;
  readonly duration?: number;
  readonly every?: number;
  readonly exchange?: number;
  readonly cut?: string;
  readonly exchange_direction?: string;
  readonly since?: string;
  readonly quiet?: number;
  readonly ramp_to?: Readonly<Record<string, number>>;
  readonly ramp_over?: number;
};

const bytesPerKb = 1000;

type Shape = Pick<ToxicSpec, 'type' | 'attributes' | 'ramp_to'>;

const cut = ({afterBytes, afterMs}: {readonly afterBytes: number; readonly afterMs: number}) => ({
  bytes: afterBytes,
  ms: afterMs,
});

const startOf = (value: number | Ramp): number => (typeof value === 'number' ? value : value.from);

/** @param perUnit how much of the fault's unit one of the attribute's is */
const rampOf = (attribute: string, value: number | Ramp, perUnit = 1): Pick<ToxicSpec, 'ramp_to'> =>
  typeof value === 'number' ? {} : {ramp_to: {[attribute]: value.to / perUnit}};

/** The type and the attributes, without those that select requests. */
const httpShape = (fault: AnyRequestFault): Shape => {
  switch (fault.kind) {
    case 'httpStatus': {
      const {status, retryAfter, body, contentType, close, early} = fault;
      return {
        type: 'http_status',
        attributes: {status, retry_after: retryAfter, body, content_type: contentType, close, early},
      };
    }
    case 'httpFault': {
      const {stage, action, cutRatio, cutBytes} = fault;
      const attributes = {stage, action, cut_ratio: cutRatio ?? -1, cut_bytes: cutBytes ?? -1};
      return {type: 'http_fault', attributes};
    }
    case 'slowBody':
      return {type: 'http_slow_body', attributes: {bytes_per_second: fault.bytesPerSecond}};
    case 'wrongContentLength':
      return {
        type: 'http_content_length',
        attributes: {difference: fault.differenceBytes, close: fault.close},
      };
    case 'dropKeepAlive':
      return {type: 'http_drop_keep_alive', attributes: {announce: fault.announce}};
    case 'malformedResponse':
      return {type: 'http_malformed', attributes: {how: fault.how}};
    case 'goAway': {
      const {errorCode, served, text} = fault;
      return {type: 'http2_goaway', attributes: {error_code: errorCode, served, text}};
    }
    case 'resetStream': {
      const {stage, errorCode, cutRatio, cutBytes} = fault;
      const cuts = {cut_ratio: cutRatio ?? -1, cut_bytes: cutBytes ?? -1};
      return {type: 'http2_reset_stream', attributes: {stage, error_code: errorCode, ...cuts}};
    }
    case 'grpcStatus': {
      const {status, message, pushbackMs, stage} = fault;
      const pushback = pushbackMs === null ? '' : String(pushbackMs);
      return {type: 'grpc_status', attributes: {status, message, pushback, stage}};
    }
    case 'withholdTrailers':
      return {type: 'http2_trailers', attributes: {action: fault.action}};
  }
};

const settingShapeOf = (fault: AnyHttp2SettingFault): Shape => {
  switch (fault.kind) {
    case 'limitStreams':
      return {type: 'http2_streams', attributes: {streams: fault.streamLimit}};
    case 'closedWindows':
      return {type: 'http2_windows', attributes: {}};
    case 'ignorePings':
      return {type: 'http2_pings', attributes: {}};
  }
};

const httpShapeOf = (fault: AnyRequestFault): Shape => {
  const {type, attributes} = httpShape(fault);
  const {method, path} = fault;
  return {type, attributes: {...attributes, method, path}};
};

/** The type and the attributes, without the one that selects handshakes. */
const tlsShape = (fault: AnyTlsFault): Shape => {
  switch (fault.kind) {
    case 'tlsClose':
      return {type: 'tls_close', attributes: {reset: fault.reset}};
    case 'tlsAlert':
      return {type: 'tls_alert', attributes: {alert: fault.alert}};
    case 'wrongCertificate':
      return {type: 'tls_certificate', attributes: {problem: fault.problem}};
  }
};

const tlsShapeOf = (fault: AnyTlsFault): Shape => {
  const {type, attributes} = tlsShape(fault);
  return {type, attributes: {...attributes, server_name: fault.serverName}};
};

const replyShapeOf = ({kind, error, message, command, key, when, ending}: ReplyFault): Shape => ({
  type: toxicOf(kind),
  attributes: {error, message, command, key, when, ending},
});

/** A stall from the start is Toxiproxy's own, so that every injector has it. */
const stallShape = (fault: StallFault): Shape => {
  const {direction, outlives, afterBytes, afterMs} = fault;
  if (direction !== 'both' && outlives !== true && afterBytes === 0 && afterMs === 0) {
    return {type: 'timeout', attributes: {timeout: 0}};
  }
  const flags = [...(direction === 'both' ? ['both'] : []), ...(outlives === true ? ['outlives'] : [])];
  const attributes = {...cut(fault), ...Object.fromEntries(flags.map(flag => [flag, true]))};
  return {type: 'stall', attributes};
};

/** A fault that the injector is asked for. */
type NetworkFault = Exclude<Fault, AnyServerFault>;

const shapeOf = (fault: NetworkFault): Shape => {
  if (isReplyFault(fault)) return replyShapeOf(fault);
  switch (fault.kind) {
    case 'latency':
      return {
        type: 'latency',
        attributes: {latency: startOf(fault.latencyMs), jitter: fault.jitterMs},
        ...rampOf('latency', fault.latencyMs),
      };
    case 'bandwidth':
      return {
        type: fault.shared === true ? 'shared_bandwidth' : 'bandwidth',
        attributes: {rate: startOf(fault.bytesPerSecond) / bytesPerKb},
        ...rampOf('rate', fault.bytesPerSecond, bytesPerKb),
      };
    case 'slowClose':
      return {type: 'slow_close', attributes: {delay: fault.delayMs}};
    case 'timeout':
      return {type: 'timeout', attributes: {timeout: fault.timeoutMs}};
    case 'stall':
      return stallShape(fault);
    case 'resetPeer':
      return {type: 'reset_peer', attributes: {timeout: fault.afterMs}};
    case 'slicer':
      return {
        type: 'slicer',
        attributes: {
          average_size: fault.averageSizeBytes,
          size_variation: fault.sizeVariationBytes,
          delay: fault.delayUs,
        },
      };
    case 'coalesce':
      return {type: 'coalesce', attributes: {hold: fault.holdMs}};
    case 'limitData':
      return {type: 'limit_data', attributes: {bytes: fault.limitBytes}};
    case 'halfOpen':
      return {type: 'half_open', attributes: cut(fault)};
    case 'halfClose':
      return {type: 'half_close', attributes: cut(fault)};
    case 'resetAfter':
      return {type: 'reset_after', attributes: cut(fault)};
    case 'closeAfter':
      return {type: 'close_after', attributes: cut(fault)};
    case 'corrupt':
      return {type: 'corrupt', attributes: {offset: fault.offsetBytes ?? -1, rate: fault.bytesPerKb}};
    case 'limitConnections':
      return {
        type: 'limit_connections',
        attributes: {connections: fault.connectionLimit, unanswered: fault.others === 'unanswered'},
      };
    case 'flap':
      return {type: 'flap', attributes: {down: fault.downMs, up: fault.upMs}};
    case 'blackhole':
      if (fault.syn === true) return {type: 'blackhole_syn', attributes: {}};
      return {type: 'blackhole', attributes: fault.outlives === true ? {outlives: true} : {}};
    case 'httpStatus':
    case 'httpFault':
    case 'slowBody':
    case 'wrongContentLength':
    case 'dropKeepAlive':
    case 'malformedResponse':
    case 'goAway':
    case 'resetStream':
    case 'grpcStatus':
    case 'withholdTrailers':
      return httpShapeOf(fault);
    case 'limitStreams':
    case 'closedWindows':
    case 'ignorePings':
      return settingShapeOf(fault);
    case 'tlsClose':
    case 'tlsAlert':
    case 'wrongCertificate':
      return tlsShapeOf(fault);
    case 'packetLoss': {
      const {ratio, burst, direction} = fault;
      return {type: 'packet_loss', attributes: {ratio, burst, direction}};
    }
    case 'partition':
      return {type: 'partition', attributes: {direction: fault.direction}};
    case 'unreachable':
      return {type: 'unreachable', attributes: {reason: fault.reason}};
    case 'dnsTimeout':
      return {type: 'dns_timeout', attributes: {}};
    case 'dnsServfail':
      return {type: 'dns_servfail', attributes: {}};
    case 'dnsNxdomain':
      return {type: 'dns_nxdomain', attributes: {}};
    case 'dnsEmpty':
      return {type: 'dns_empty', attributes: {}};
    case 'dnsSlow':
      return {type: 'dns_slow', attributes: {delay: fault.delayMs}};
    case 'dnsStale':
      return {type: 'dns_dead', attributes: {dead: 1, stale: true, silent: fault.connects === 'hang'}};
    case 'deadAddresses':
      return {
        type: 'dns_dead',
        attributes: {dead: fault.count, stale: false, silent: fault.connects === 'hang'},
      };
    case 'mtuBlackHole':
      return {type: 'mtu_black_hole', attributes: {bytes: fault.bytes, direction: fault.direction}};
    case 'refuse':
      return {type: 'refuse', attributes: {}};
  }
};

const isReplyFault = (fault: Fault): fault is ReplyFault => isServerError(fault.kind);

/** What a proxy with these faults carries, as the API names it; empty where they do not show. */
export const carriedBy = (faults: readonly Fault[]): string => {
  const own = faults.find(isReplyFault);
  return own === undefined ? '' : protocolOf(own.kind);
};

/** The types that a real Toxiproxy has. */
const toxiproxyTypes: ReadonlySet<string> = new Set([
  'latency',
  'bandwidth',
  'slow_close',
  'timeout',
  'reset_peer',
  'slicer',
  'limit_data',
]);

/** Whether only the embedded injector has this fault: a real Toxiproxy would refuse it, or apply it only in part. */
export const needsEmbedded = (fault: Fault): boolean => {
  if (isServerFault(fault) || isProxyState(fault)) return false;
  const shape = shapeOf(fault);
  const isPlain = toxiproxyTypes.has(shape.type) && shape.ramp_to === undefined;
  return !isPlain || Object.keys(scopeOf(fault)).length > 0;
};

type Timing = FaultScope & {readonly at?: Moment};

const scopeOf = ({nth, firstN, hitLimit, startAfterMs, durationMs, everyMs, at}: Timing) => ({
  ...(nth !== undefined && {nth}),
  ...(firstN !== undefined && {first_n: firstN}),
  ...(hitLimit !== undefined && {hit_limit: hitLimit}),
  ...(startAfterMs !== undefined && {start_after: startAfterMs}),
  ...(durationMs !== undefined && {duration: durationMs}),
  ...(everyMs !== undefined && {every: everyMs}),
  ...(at !== undefined && momentOf(at)),
});

const momentOf = ({exchange, cut, direction, since, quietMs}: Moment) => ({
  exchange,
  cut,
  ...(direction !== undefined && {exchange_direction: direction}),
  ...(since !== undefined && {since}),
  ...(quietMs !== undefined && {quiet: quietMs}),
});

/** The name by which the injector counts the hits of a phase's fault. */
export const faultName = (phase: string, position: number, fault: Fault): string =>
  // Toxiproxy's client puts it into a path as it is, where the `#` of a repeated phase would end it.
  `${phase.replace('#', '-')}-${position + 1}-${fault.kind}`;

/** Whether it is not a toxic but the proxy's own state, which a real Toxiproxy has too: refused for the whole phase. */
export const isProxyState = (fault: Fault): boolean =>
  fault.kind === 'refuse' && !(fault.probability < 1) && Object.keys(scopeOf(fault)).length === 0;

/**
 * Null for a fault that is the proxy's own state, and for one of the server.
 * @param phaseMs how long the phase lasts, which a ramp may have to fill; at least 1
 */
export const toToxic = (name: string, fault: Fault, phaseMs: number): ToxicSpec | null => {
  if (isServerFault(fault) || isProxyState(fault)) return null;
  const shape = shapeOf(fault);
  // What acts on accept has no direction; the API wants one all the same.
  const direction = 'direction' in fault ? fault.direction : 'downstream';
  const stream = direction === 'both' ? 'downstream' : direction;
  const {startAfterMs = 0, durationMs = phaseMs - startAfterMs, everyMs} = fault;
  const rampMs = everyMs === undefined ? durationMs : phaseMs - startAfterMs;
  return {
    name,
    stream,
    toxicity: fault.probability,
    ...shape,
    ...(shape.ramp_to !== undefined && {ramp_over: Math.max(1, Math.round(rampMs))}),
    ...scopeOf(fault),
  };
};
