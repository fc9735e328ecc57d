// What can happen to the network between the subject and the target, as plain data.

/** Toxiproxy's `stream`: `upstream` is client → server, `downstream` is server → client. */
export type Direction = 'upstream' | 'downstream';

type Aim = {
  readonly direction: Direction;
  /** Share of the connections that it hits, 0 to 1; decided once per connection. */
  readonly probability: number;
};

export type LatencyFault = Aim & {
  readonly kind: 'latency';
  readonly latencyMs: number;
  readonly jitterMs: number;
};
export type BandwidthFault = Aim & {readonly kind: 'bandwidth'; readonly bytesPerSecond: number};
export type SlowCloseFault = Aim & {readonly kind: 'slowClose'; readonly delayMs: number};
export type TimeoutFault = Aim & {readonly kind: 'timeout'; readonly timeoutMs: number};
export type StallFault = Aim & {readonly kind: 'stall'};
export type ResetPeerFault = Aim & {readonly kind: 'resetPeer'; readonly afterMs: number};
export type SlicerFault = Aim & {
  readonly kind: 'slicer';
  readonly averageSizeBytes: number;
  readonly sizeVariationBytes: number;
  readonly delayUs: number;
};
export type LimitDataFault = Aim & {readonly kind: 'limitData'; readonly limitBytes: number};
export type RefuseFault = {readonly kind: 'refuse'};

export type Fault =
  | LatencyFault
  | BandwidthFault
  | SlowCloseFault
  | TimeoutFault
  | StallFault
  | ResetPeerFault
  | SlicerFault
  | LimitDataFault
  | RefuseFault;

export type FaultKind = Fault['kind'];

type AimOptions = {readonly direction?: Direction; readonly probability?: number};

const aim = ({direction = 'downstream', probability = 1}: AimOptions): Aim => ({direction, probability});

/** Delays each chunk by `latencyMs` ± a uniform jitter; order is kept. */
export const latency = (options: {latencyMs: number; jitterMs?: number} & AimOptions): LatencyFault => ({
  kind: 'latency',
  latencyMs: options.latencyMs,
  jitterMs: options.jitterMs ?? 0,
  ...aim(options),
});

/** Limits each connection to `bytesPerSecond`. Toxiproxy counts in 1000 B, so the rate is a multiple of 1000. */
export const bandwidth = (options: {bytesPerSecond: number} & AimOptions): BandwidthFault => ({
  kind: 'bandwidth',
  bytesPerSecond: options.bytesPerSecond,
  ...aim(options),
});

/** Delays the end of the connection by `delayMs`. */
export const slowClose = (options: {delayMs: number} & AimOptions): SlowCloseFault => ({
  kind: 'slowClose',
  delayMs: options.delayMs,
  ...aim(options),
});

/** Drops all data, and closes the connection after `timeoutMs` without any. */
export const timeout = (options: {timeoutMs: number} & AimOptions): TimeoutFault => ({
  kind: 'timeout',
  timeoutMs: options.timeoutMs,
  ...aim(options),
});

/**
 * Accepts, takes the request to the target, and never answers. With `direction: 'upstream'` the request
 * does not reach the target either. The connection is closed when the fault is taken away.
 */
export const stall = (options: AimOptions = {}): StallFault => ({kind: 'stall', ...aim(options)});

/** Resets the connection (RST) `afterMs` after its first data. */
export const resetPeer = (options: {afterMs?: number} & AimOptions = {}): ResetPeerFault => ({
  kind: 'resetPeer',
  afterMs: options.afterMs ?? 0,
  ...aim(options),
});

/** Cuts data into small pieces with a pause of `delayUs` microseconds after each. */
export const slicer = (
  options: {averageSizeBytes: number; sizeVariationBytes?: number; delayUs?: number} & AimOptions,
): SlicerFault => ({
  kind: 'slicer',
  averageSizeBytes: options.averageSizeBytes,
  sizeVariationBytes: options.sizeVariationBytes ?? 0,
  delayUs: options.delayUs ?? 0,
  ...aim(options),
});

/** Closes the connection after `limitBytes`. */
export const limitData = (options: {limitBytes: number} & AimOptions): LimitDataFault => ({
  kind: 'limitData',
  limitBytes: options.limitBytes,
  ...aim(options),
});

/** Refuses new connections and cuts the live ones, as a server that is down does. */
export const refuse = (): RefuseFault => ({kind: 'refuse'});
