// What can happen to the network between the subject and the target, as plain data.
import {type FaultScope, type Moment, made, type Ramp, type ScopeOptions, scope} from './fault-scope.ts';
import type {AnyHttpFault} from './http-fault.ts';
import type {AnyTlsFault} from './tls-fault.ts';

/** Toxiproxy's `stream`: `upstream` is client → server, `downstream` is server → client. */
export type Direction = 'upstream' | 'downstream';

/** What acts on the bytes of a connection may wait there for a moment. */
type Timing = FaultScope & {readonly at?: Moment};
type Aim = Timing & {readonly direction: Direction};

/** Where on a connection something happens: whichever comes first; 0 is no limit, and neither is at once. */
type Cut = {readonly afterBytes: number; readonly afterMs: number};

export type LatencyFault = Aim & {
  readonly kind: 'latency';
  readonly latencyMs: number | Ramp;
  readonly jitterMs: number;
};
export type BandwidthFault = Aim & {readonly kind: 'bandwidth'; readonly bytesPerSecond: number | Ramp};
export type SlowCloseFault = Aim & {readonly kind: 'slowClose'; readonly delayMs: number};
export type TimeoutFault = Aim & {readonly kind: 'timeout'; readonly timeoutMs: number};
export type StallFault = Timing & Cut & {readonly kind: 'stall'; readonly direction: Direction | 'both'};
export type ResetPeerFault = Aim & {readonly kind: 'resetPeer'; readonly afterMs: number};
export type SlicerFault = Aim & {
  readonly kind: 'slicer';
  readonly averageSizeBytes: number;
  readonly sizeVariationBytes: number;
  readonly delayUs: number;
};
export type LimitDataFault = Aim & {readonly kind: 'limitData'; readonly limitBytes: number};
export type RefuseFault = FaultScope & {readonly kind: 'refuse'};
export type HalfOpenFault = Aim & Cut & {readonly kind: 'halfOpen'};
export type HalfCloseFault = Aim & Cut & {readonly kind: 'halfClose'};
export type ResetAfterFault = Aim & Cut & {readonly kind: 'resetAfter'};
export type CloseAfterFault = Aim & Cut & {readonly kind: 'closeAfter'};
export type CorruptFault = Aim & {
  readonly kind: 'corrupt';
  /** Of one byte; null: none. */
  readonly offsetBytes: number | null;
  readonly bytesPerKb: number;
};
export type LimitConnectionsFault = FaultScope & {
  readonly kind: 'limitConnections';
  readonly connectionLimit: number;
  readonly others: 'closed' | 'unanswered';
};
export type FlapFault = FaultScope & {readonly kind: 'flap'; readonly downMs: number; readonly upMs: number};
/** `syn`: connects hang, instead of being accepted and never served. */
export type BlackholeFault = FaultScope & {readonly kind: 'blackhole'; readonly syn?: true};

export type Fault =
  | LatencyFault
  | BandwidthFault
  | SlowCloseFault
  | TimeoutFault
  | StallFault
  | ResetPeerFault
  | SlicerFault
  | LimitDataFault
  | RefuseFault
  | HalfOpenFault
  | HalfCloseFault
  | ResetAfterFault
  | CloseAfterFault
  | CorruptFault
  | LimitConnectionsFault
  | FlapFault
  | BlackholeFault
  | AnyHttpFault
  | AnyTlsFault;

export const faultKinds = [
  'latency',
  'bandwidth',
  'slowClose',
  'timeout',
  'stall',
  'resetPeer',
  'slicer',
  'limitData',
  'refuse',
  'halfOpen',
  'halfClose',
  'resetAfter',
  'closeAfter',
  'corrupt',
  'limitConnections',
  'flap',
  'blackhole',
  'httpStatus',
  'httpFault',
  'slowBody',
  'wrongContentLength',
  'dropKeepAlive',
  'tlsClose',
  'tlsAlert',
  'wrongCertificate',
] as const satisfies readonly Fault['kind'][];

/** A fault, by the name of its constructor. */
export type FaultKind = (typeof faultKinds)[number];

type TimingOptions = ScopeOptions & {readonly at?: Moment};
type AimOptions = TimingOptions & {readonly direction?: Direction};
type CutOptions = Partial<Cut>;

const timing = ({at, ...options}: TimingOptions): Timing => ({
  ...scope(options),
  ...(at !== undefined && {at}),
});
const aim = ({direction = 'downstream', ...options}: AimOptions): Aim => ({direction, ...timing(options)});

const cut = ({afterBytes = 0, afterMs = 0}: CutOptions): Cut => ({afterBytes, afterMs});

/** Delays each chunk by `latencyMs` ± a uniform jitter; order is kept. The latency may be a ramp. */
export const latency = (options: {latencyMs: number | Ramp; jitterMs?: number} & AimOptions): LatencyFault =>
  made(options, {
    kind: 'latency',
    latencyMs: options.latencyMs,
    jitterMs: options.jitterMs ?? 0,
    ...aim(options),
  });

/**
 * Limits each connection to `bytesPerSecond`. Toxiproxy counts in 1000 B, so the rate is a multiple of 1000. It may be a
 * ramp, from and to at least 1000.
 */
export const bandwidth = (options: {bytesPerSecond: number | Ramp} & AimOptions): BandwidthFault =>
  made(options, {
    kind: 'bandwidth',
    bytesPerSecond: options.bytesPerSecond,
    ...aim(options),
  });

/** Delays the end of the connection by `delayMs`. */
export const slowClose = (options: {delayMs: number} & AimOptions): SlowCloseFault =>
  made(options, {
    kind: 'slowClose',
    delayMs: options.delayMs,
    ...aim(options),
  });

/** Drops all data, and closes the connection after `timeoutMs` without any. */
export const timeout = (options: {timeoutMs: number} & AimOptions): TimeoutFault =>
  made(options, {
    kind: 'timeout',
    timeoutMs: options.timeoutMs,
    ...aim(options),
  });

/**
 * Accepts, takes the request to the target, and never answers: from the start, after `afterBytes` of the answer, or after
 * `afterMs`. With `direction: 'upstream'` the request does not reach the target, and with `'both'` nothing passes either way.
 * The connection is closed when the fault is taken away.
 */
export const stall = (
  options: CutOptions & TimingOptions & {readonly direction?: Direction | 'both'} = {},
): StallFault =>
  made(options, {
    kind: 'stall',
    direction: options.direction ?? 'downstream',
    ...cut(options),
    ...timing(options),
  });

/** Resets the connection (RST) `afterMs` after its first data. */
export const resetPeer = (options: {afterMs?: number} & AimOptions = {}): ResetPeerFault =>
  made(options, {
    kind: 'resetPeer',
    afterMs: options.afterMs ?? 0,
    ...aim(options),
  });

/** Cuts data into small pieces with a pause of `delayUs` microseconds after each. */
export const slicer = (
  options: {averageSizeBytes: number; sizeVariationBytes?: number; delayUs?: number} & AimOptions,
): SlicerFault =>
  made(options, {
    kind: 'slicer',
    averageSizeBytes: options.averageSizeBytes,
    sizeVariationBytes: options.sizeVariationBytes ?? 0,
    delayUs: options.delayUs ?? 0,
    ...aim(options),
  });

/** Closes the connection after `limitBytes`. */
export const limitData = (options: {limitBytes: number} & AimOptions): LimitDataFault =>
  made(options, {
    kind: 'limitData',
    limitBytes: options.limitBytes,
    ...aim(options),
  });

/**
 * Refuses new connections and cuts the live ones, as a server that is down does. Its probability is that of each time it
 * begins, since nobody sees the connects.
 */
export const refuse = (options: ScopeOptions = {}): RefuseFault =>
  made(options, {kind: 'refuse', ...scope(options)});

/** The target is gone and the subject is never told: its connection stays open and silent. `upstream`: the other way round. */
export const halfOpen = (options: CutOptions & AimOptions = {}): HalfOpenFault =>
  made(options, {
    kind: 'halfOpen',
    ...cut(options),
    ...aim(options),
  });

/** Ends one direction (FIN) while the other goes on. */
export const halfClose = (options: CutOptions & AimOptions = {}): HalfCloseFault =>
  made(options, {
    kind: 'halfClose',
    ...cut(options),
    ...aim(options),
  });

/** Lets everything through until `afterBytes` or `afterMs`, and then resets the connection (RST). */
export const resetAfter = (options: CutOptions & AimOptions = {}): ResetAfterFault =>
  made(options, {
    kind: 'resetAfter',
    ...cut(options),
    ...aim(options),
  });

/** Lets everything through until `afterBytes` or `afterMs`, and then closes the connection (FIN). */
export const closeAfter = (options: CutOptions & AimOptions = {}): CloseAfterFault =>
  made(options, {
    kind: 'closeAfter',
    ...cut(options),
    ...aim(options),
  });

/** Flips one bit of the byte at `offsetBytes`, or of `bytesPerKb` of each 1000 bytes at random places, or both. */
export const corrupt = (
  options: ({offsetBytes: number; bytesPerKb?: number} | {offsetBytes?: never; bytesPerKb: number}) &
    AimOptions,
): CorruptFault =>
  made(options, {
    kind: 'corrupt',
    offsetBytes: options.offsetBytes ?? null,
    bytesPerKb: options.bytesPerKb ?? 0,
    ...aim(options),
  });

/** At most `connectionLimit` connections at a time: the others are closed as they come, or left without an answer. */
export const limitConnections = (
  options: {connectionLimit: number; others?: 'closed' | 'unanswered'} & ScopeOptions,
): LimitConnectionsFault =>
  made(options, {
    kind: 'limitConnections',
    connectionLimit: options.connectionLimit,
    others: options.others ?? 'closed',
    ...scope(options),
  });

/**
 * Refuses new connections and cuts the live ones for `downMs`, then is up for `upMs`, and so on. The probability is that
 * of each down-time.
 */
export const flap = (options: {downMs: number; upMs: number} & ScopeOptions): FlapFault =>
  made(options, {
    kind: 'flap',
    downMs: options.downMs,
    upMs: options.upMs,
    ...scope(options),
  });

/**
 * New connections open and are never served; live ones go on. With `syn`, on Linux, they do not even open: the connect hangs.
 * Its probability is then that of each time it begins, since nobody sees the connects.
 */
export const blackhole = (options: {syn?: boolean} & ScopeOptions = {}): BlackholeFault =>
  made(
    options,
    {
      kind: 'blackhole',
      ...(options.syn === true && {syn: true}),
      ...scope(options),
    },
    ['syn'],
  );
