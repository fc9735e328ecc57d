// What can happen below TCP, to packets, and beside it, to name resolution, as plain data. Only the embedded injector can, on Linux,
// in a network namespace of the run's own.
import {type FaultOf, made, type OptionsOf, type ScopeOptions} from './fault-defaults.ts';

/** Where there are DNS faults, the library gets this name instead of the target's address. */
export const targetHost = 'target.foulweather.test';

/** The same for the harness's own probe, whose queries no fault affects. */
export const controlHost = 'control.foulweather.test';

/** Made by `packetLoss()`. */
export type PacketLossFault = FaultOf<'packetLoss'>;
/** Made by `partition()`. */
export type PartitionFault = FaultOf<'partition'>;
/** Made by `unreachable()`. */
export type UnreachableFault = FaultOf<'unreachable'>;
/** Made by `mtuBlackHole()`. */
export type MtuBlackHoleFault = FaultOf<'mtuBlackHole'>;

export type AnyPacketFault = PacketLossFault | PartitionFault | UnreachableFault | MtuBlackHoleFault;

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

export type AnyDnsFault =
  | DnsTimeoutFault
  | DnsServfailFault
  | DnsNxdomainFault
  | DnsEmptyFault
  | DnsSlowFault
  | DnsStaleFault
  | DeadAddressesFault;

const packetKinds: ReadonlySet<string> = new Set<AnyPacketFault['kind']>([
  'packetLoss',
  'partition',
  'unreachable',
  'mtuBlackHole',
]);

/** Whether it acts on packets. */
export const isPacketFault = (kind: string): boolean => packetKinds.has(kind);

const dnsKinds: ReadonlySet<string> = new Set<AnyDnsFault['kind']>([
  'dnsTimeout',
  'dnsServfail',
  'dnsNxdomain',
  'dnsEmpty',
  'dnsSlow',
  'dnsStale',
  'deadAddresses',
]);

/** Whether it acts on queries for the target's address. */
export const isDnsFault = (kind: string): boolean => dnsKinds.has(kind);

/**
 * Loses a share of the packets, each by chance or `burst` in a row. TCP retransmits them, later each time: connects, requests and
 * responses take longer, and most get through.
 */
export const packetLoss = (options: OptionsOf<'packetLoss'>): PacketLossFault => made('packetLoss', options);

/**
 * Loses every packet: live connections stay open and silent, connects hang, and nobody is told. When it ends, TCP goes on by
 * itself.
 */
export const partition = (options: OptionsOf<'partition'> = {}): PartitionFault => made('partition', options);

/**
 * Answers each packet of the subject with an ICMP error, "unreachable": connects fail at once, live connections wait until TCP
 * gives up.
 */
export const unreachable = (options: OptionsOf<'unreachable'> = {}): UnreachableFault =>
  made('unreachable', options);

/** Loses the packets above a size, and tells nobody: handshakes and short messages pass, long ones hang. */
export const mtuBlackHole = (options: OptionsOf<'mtuBlackHole'>): MtuBlackHoleFault =>
  made('mtuBlackHole', options);

/** Queries for the target's address are not answered. */
export const dnsTimeout = (options: ScopeOptions = {}): DnsTimeoutFault => made('dnsTimeout', options);

/** The name server answers that it failed (SERVFAIL). */
export const dnsServfail = (options: ScopeOptions = {}): DnsServfailFault => made('dnsServfail', options);

/** The name server answers that there is no such name (NXDOMAIN). */
export const dnsNxdomain = (options: ScopeOptions = {}): DnsNxdomainFault => made('dnsNxdomain', options);

/** The name server answers that the name has no address. */
export const dnsEmpty = (options: ScopeOptions = {}): DnsEmptyFault => made('dnsEmpty', options);

/** The name server answers `delayMs` late. */
export const dnsSlow = (options: OptionsOf<'dnsSlow'>): DnsSlowFault => made('dnsSlow', options);

/** The target has moved, and the name server still answers with its old address, which is dead. */
export const dnsStale = (options: OptionsOf<'dnsStale'> = {}): DnsStaleFault => made('dnsStale', options);

/** The target has several addresses, of which only the last is alive. */
export const deadAddresses = (options: OptionsOf<'deadAddresses'> = {}): DeadAddressesFault =>
  made('deadAddresses', options);
