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
/** Made by `packetLoss()`. */
export type PacketLossFault = FaultOf<'packetLoss'>;
/** Made by `partition()`. */
export type PartitionFault = FaultOf<'partition'>;
/** Made by `unreachable()`. */
export type UnreachableFault = FaultOf<'unreachable'>;
/** Made by `mtuBlackHole()`. */
export type MtuBlackHoleFault = FaultOf<'mtuBlackHole'>;

/** Made by `dnsTimeout()`. */
export type DnsTimeoutFault = FaultOf<'dnsTimeout'>;
/** Made by `dnsServfail()`. */
export type DnsServfailFault = FaultOf<'dnsServfail'>;
/** Made by `dnsNxdomain()`. */
export type DnsNxdomainFault = FaultOf<'dnsNxdomain'>;
/** Made by `dnsEmpty()`. */
export type DnsEmptyFault = FaultOf<'dnsEmpty'>;
/** Made by `dnsSlow()`. */
export type DnsSlowFault = FaultOf<'dnsSlow'>;
/** Made by `dnsStale()`. */
export type DnsStaleFault = FaultOf<'dnsStale'>;
/** Made by `deadAddresses()`. */
export type DeadAddressesFault = FaultOf<'deadAddresses'>;

export type AnyNameFault =
  | DnsTimeoutFault
  | DnsServfailFault
  | DnsNxdomainFault
  | DnsEmptyFault
  | DnsSlowFault
  | DnsStaleFault
  | DeadAddressesFault;

export type AnyPacketFault = PacketLossFault | PartitionFault | UnreachableFault | MtuBlackHoleFault;

/** Any fault, as its constructor makes it. */
export type Fault = {readonly [kind in FaultKind]: FaultOf<kind>}[FaultKind];

/** Delays each chunk by `latencyMs` ± a uniform jitter; order is kept. The latency may be a ramp. */
export const latency = (options: OptionsOf<'latency'>): LatencyFault => made('latency', options);

/**
 * Limits each connection to `bytesPerSecond`. Toxiproxy counts in 1000 B, so the rate is a multiple of 1000. It may be a
 * ramp, from and to at least 1000.
 */
export const bandwidth = (options: OptionsOf<'bandwidth'>): BandwidthFault => made('bandwidth', options);

/** Delays the end of the connection by `delayMs`. */
export const slowClose = (options: OptionsOf<'slowClose'>): SlowCloseFault => made('slowClose', options);

/** Drops all data, and closes the connection after `timeoutMs` without any. */
export const timeout = (options: OptionsOf<'timeout'>): TimeoutFault => made('timeout', options);

/**
 * Accepts, passes the request to the target, and never answers: from the start, after `afterBytes` of the response, or after
 * `afterMs`. With `direction: 'upstream'` the request does not reach the target, and with `'both'` nothing passes either way.
 * The connection is closed when the fault is removed.
 */
export const stall = (options: OptionsOf<'stall'> = {}): StallFault => made('stall', options);

/** Resets the connection (RST) `afterMs` after its first data. */
export const resetPeer = (options: OptionsOf<'resetPeer'> = {}): ResetPeerFault => made('resetPeer', options);

/** Cuts data into small pieces with a pause of `delayUs` microseconds after each. */
export const slicer = (options: OptionsOf<'slicer'>): SlicerFault => made('slicer', options);

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

const packetKinds: ReadonlySet<FaultKind> = new Set<AnyPacketFault['kind']>([
  'packetLoss',
  'partition',
  'unreachable',
  'mtuBlackHole',
]);

/** Whether it acts on packets, below TCP: on Linux, in a network namespace of the run's own. */
export const isPacketFault = (kind: FaultKind): boolean => packetKinds.has(kind);

/**
 * Loses a share of the packets, each by chance or `burst` in a row. TCP sends them again, later and later: connects, requests
 * and answers take longer, and most get through.
 */
export const packetLoss = (options: OptionsOf<'packetLoss'>): PacketLossFault => made('packetLoss', options);

/**
 * Loses every packet: live connections stay open and silent, connects hang, and nobody is told. When it ends, TCP goes on by
 * itself.
 */
export const partition = (options: OptionsOf<'partition'> = {}): PartitionFault => made('partition', options);

/**
 * Answers each packet of the subject with "unreachable" (ICMP): connects fail at once, live connections wait until TCP gives
 * up.
 */
export const unreachable = (options: OptionsOf<'unreachable'> = {}): UnreachableFault =>
  made('unreachable', options);

/** Loses the packets above a size, and tells nobody: handshakes and short answers pass, long ones hang. */
export const mtuBlackHole = (options: OptionsOf<'mtuBlackHole'>): MtuBlackHoleFault =>
  made('mtuBlackHole', options);

const nameKinds: ReadonlySet<FaultKind> = new Set<AnyNameFault['kind']>([
  'dnsTimeout',
  'dnsServfail',
  'dnsNxdomain',
  'dnsEmpty',
  'dnsSlow',
  'dnsStale',
  'deadAddresses',
]);

/** Whether it acts on queries for the address of the target: on Linux, in a network namespace of the run's own. */
export const isNameFault = (kind: FaultKind): boolean => nameKinds.has(kind);

/** Queries for the target's address are not answered. */
export const dnsTimeout = (options: ScopeOptions = {}): DnsTimeoutFault => made('dnsTimeout', options);

/** The name server answers that it has failed (SERVFAIL). */
export const dnsServfail = (options: ScopeOptions = {}): DnsServfailFault => made('dnsServfail', options);

/** The name server answers that there is no such name (NXDOMAIN). */
export const dnsNxdomain = (options: ScopeOptions = {}): DnsNxdomainFault => made('dnsNxdomain', options);

/** The name server answers that the name has no address. */
export const dnsEmpty = (options: ScopeOptions = {}): DnsEmptyFault => made('dnsEmpty', options);

/** The name server answers late. */
export const dnsSlow = (options: OptionsOf<'dnsSlow'>): DnsSlowFault => made('dnsSlow', options);

/** The target has moved, and the name server still answers with its old address, which is dead. */
export const dnsStale = (options: OptionsOf<'dnsStale'> = {}): DnsStaleFault => made('dnsStale', options);

/** The target has several addresses, of which only the last is alive. */
export const deadAddresses = (options: OptionsOf<'deadAddresses'> = {}): DeadAddressesFault =>
  made('deadAddresses', options);
