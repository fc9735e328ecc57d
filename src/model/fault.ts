// What can happen to the network between the subject and the target, as plain data.
import {type FaultKind, type FaultOf, made, type OptionsOf, type ScopeOptions} from './fault-defaults.ts';

/** Toxiproxy's `stream`: `upstream` is client → server, `downstream` is server → client. */
export type Direction = FaultOf<'latency'>['direction'];

/** Made by `latency()`. */
export type LatencyFault = FaultOf<'latency'>;
/** Made by `bandwidth()`. */
export type BandwidthFault = FaultOf<'bandwidth'>;
/** Made by `slowClose()`. */
export type SlowCloseFault = FaultOf<'slowClose'>;
/** Made by `timeout()`. */
export type TimeoutFault = FaultOf<'timeout'>;
/** Made by `stall()`. */
export type StallFault = FaultOf<'stall'>;
/** Made by `resetPeer()`. */
export type ResetPeerFault = FaultOf<'resetPeer'>;
/** Made by `slicer()`. */
export type SlicerFault = FaultOf<'slicer'>;
/** Made by `coalesce()`. */
export type CoalesceFault = FaultOf<'coalesce'>;
/** Made by `limitData()`. */
export type LimitDataFault = FaultOf<'limitData'>;
/** Made by `refuse()`. */
export type RefuseFault = FaultOf<'refuse'>;
/** Made by `halfOpen()`. */
export type HalfOpenFault = FaultOf<'halfOpen'>;
/** Made by `halfClose()`. */
export type HalfCloseFault = FaultOf<'halfClose'>;
/** Made by `resetAfter()`. */
export type ResetAfterFault = FaultOf<'resetAfter'>;
/** Made by `closeAfter()`. */
export type CloseAfterFault = FaultOf<'closeAfter'>;
/** Made by `corrupt()`. */
export type CorruptFault = FaultOf<'corrupt'>;
/** Made by `limitConnections()`. */
export type LimitConnectionsFault = FaultOf<'limitConnections'>;
/** Made by `flap()`. */
export type FlapFault = FaultOf<'flap'>;
/** Made by `blackhole()`. */
export type BlackholeFault = FaultOf<'blackhole'>;

/** Any fault, as its constructor makes it. */
export type Fault = {readonly [kind in FaultKind]: FaultOf<kind>}[FaultKind];

/** Delays each chunk by `latencyMs` ± a uniform jitter; order is kept. The latency may be a ramp. */
export const latency = (options: OptionsOf<'latency'>): LatencyFault => made('latency', options);

type BandwidthOptions = Omit<OptionsOf<'bandwidth'>, 'shared'> & {
  /** All connections share the rate. Default: false, each connection has it for itself. */
  readonly shared?: boolean;
};

/**
 * Limits each connection to `bytesPerSecond`, or with `shared` all connections together. Toxiproxy counts in 1000 B, so the rate is a
 * multiple of 1000. It may be a ramp, from and to at least 1000.
 */
export const bandwidth = (options: BandwidthOptions): BandwidthFault =>
  made('bandwidth', {...options, shared: options.shared === true ? true : undefined});

/** Delays the end of the connection by `delayMs`. */
export const slowClose = (options: OptionsOf<'slowClose'>): SlowCloseFault => made('slowClose', options);

/** Drops all data, and closes the connection after `timeoutMs` without any. */
export const timeout = (options: OptionsOf<'timeout'>): TimeoutFault => made('timeout', options);

/**
 * Accepts, passes the request to the target, and never answers: from the start, after `afterBytes` of the response, or after
 * `afterMs`. With `direction: 'upstream'` the request does not reach the target, and with `'both'` nothing passes either way.
 * The connection is closed when the fault is removed; with `outlives: true` it stays open and silent.
 */
export const stall = (options: OptionsOf<'stall'> = {}): StallFault => made('stall', options);

/** Resets the connection (RST) `afterMs` after its first data. */
export const resetPeer = (options: OptionsOf<'resetPeer'> = {}): ResetPeerFault => made('resetPeer', options);

/** Cuts data into small pieces with a pause of `delayUs` microseconds after each. */
export const slicer = (options: OptionsOf<'slicer'>): SlicerFault => made('slicer', options);

/** Holds data for `holdMs`, so that what follows arrives with it, in one piece: a greeting and the message after it, for one. */
export const coalesce = (options: OptionsOf<'coalesce'>): CoalesceFault => made('coalesce', options);

/** Closes the connection after `limitBytes`. */
export const limitData = (options: OptionsOf<'limitData'>): LimitDataFault => made('limitData', options);

/**
 * Refuses new connections and cuts the live ones, as a server that is down does. Its probability applies to each time
 * it begins, since refused connects cannot be seen.
 */
export const refuse = (options: ScopeOptions = {}): RefuseFault => made('refuse', options);

/** The target goes away without the subject's knowledge: its connection stays open and silent. `upstream`: the other way round. */
export const halfOpen = (options: OptionsOf<'halfOpen'> = {}): HalfOpenFault => made('halfOpen', options);

/** Ends one direction (FIN) while the other goes on. */
export const halfClose = (options: OptionsOf<'halfClose'> = {}): HalfCloseFault => made('halfClose', options);

/** Lets everything through until `afterBytes` or `afterMs`, and then resets the connection (RST). */
export const resetAfter = (options: OptionsOf<'resetAfter'> = {}): ResetAfterFault =>
  made('resetAfter', options);

/** Lets everything through until `afterBytes` or `afterMs`, and then closes the connection (FIN). */
export const closeAfter = (options: OptionsOf<'closeAfter'> = {}): CloseAfterFault =>
  made('closeAfter', options);

type Corruption = OptionsOf<'corrupt'> &
  ({readonly offsetBytes: number} | {readonly offsetBytes?: never; readonly bytesPerKb: number});

/** Flips one bit of the byte at `offsetBytes`, or of `bytesPerKb` of each 1000 bytes at random places, or both. One of them is needed. */
export const corrupt = (options: Corruption): CorruptFault => made('corrupt', options);

/** At most `connectionLimit` connections at a time: the others are closed at once, or left without a response. */
export const limitConnections = (options: OptionsOf<'limitConnections'>): LimitConnectionsFault =>
  made('limitConnections', options);

/**
 * Refuses new connections and cuts the live ones for `downMs`, then is up for `upMs`, alternately. The probability applies
 * to each downtime.
 */
export const flap = (options: OptionsOf<'flap'>): FlapFault => made('flap', options);

type BlackholeOptions = Omit<OptionsOf<'blackhole'>, 'syn'> & {
  /** Connects hang instead of being accepted and never served. Linux only. Default: false. */
  readonly syn?: boolean;
};

/**
 * New connections open and are never served; live ones go on. With `syn`, on Linux, they do not even open: the connect hangs.
 * Its probability then applies to each time it begins, since the connects cannot be seen.
 */
export const blackhole = (options: BlackholeOptions = {}): BlackholeFault =>
  made('blackhole', {...options, syn: options.syn === true ? true : undefined});
