// What packet and DNS faults leave behind that is not the library's doing: TCP's pauses between retransmissions, addresses that may
// be kept, and connections whose end got lost.

import type {Fault} from '../model/fault.ts';
import {isPacketFault} from '../model/network-fault.ts';
import type {Phase} from '../model/plan.ts';
import type {ConnectionRecord} from '../model/proxy-witness.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';

/** Linux never pauses longer between two retransmissions (TCP_RTO_MAX). */
const longestPauseMs = 120_000;

/** A resolver asks again after 5 s, and may keep an address for the 5 s of its TTL; and a second for the connect. */
const resolverMs = 6000;

/**
 * How much longer than other faults those before this phase explain a silence in it. The pauses between TCP's retransmissions double,
 * so that the last may be as long as packets were lost.
 */
export const aftermathMs = ({plan}: Pick<Trial, 'plan'>, phase: number): number => {
  const before = plan.phases.slice(0, phase);
  const lostMs = before
    .filter(({faults}) => faults.some(({kind}) => isPacketFault(kind)))
    .reduce((sum, {durationMs}) => sum + durationMs, 0);
  const resolving = before.flatMap(({faults}) => faults.map(ofResolversMs));
  return Math.max(Math.min(lostMs, longestPauseMs), ...resolving);
};

const ofResolversMs = (fault: Fault): number => {
  switch (fault.kind) {
    case 'dnsSlow':
      return fault.delayMs;
    case 'dnsTimeout':
    case 'dnsStale':
    case 'deadAddresses':
      return resolverMs;
    default:
      return 0;
  }
};

/** What is said where only that is an explanation. */
export const aftermathDoubt =
  'after a packet or DNS fault, TCP or the resolver may explain as much, and not the library';

/** Whether they may still explain a silence at this moment. */
export const isAftermath = (trial: Trial, atMs: number): boolean => {
  const last = trial.plan.phases.findLastIndex(({faults}) => faults.length > 0);
  const fault = phaseWindow(trial, last);
  return fault !== null && atMs < fault.endMs + aftermathMs(trial, last + 1);
};

/** Whether a fault lost packets in this phase or before it. `drain` and `run` are about all phases. */
export const hasLostPackets = ({plan}: Pick<Trial, 'plan'>, phase: string): boolean => {
  const index = plan.phases.findIndex(({name}) => name === phase);
  const until = index === -1 ? plan.phases : plan.phases.slice(0, index + 1);
  return until.some(({faults}) => faults.some(({kind}) => isPacketFault(kind)));
};

/** A fault lost packets of this connection: the injector may not know that its client has closed it. */
export const lostPackets = ({hitsAt = []}: Pick<ConnectionRecord, 'hitsAt'>): boolean =>
  hitsAt.includes(null);

/** How many addresses a client may have to try for one connection. */
export const addressCountIn = ({faults}: Pick<Phase, 'faults'>): number =>
  1 + Math.max(0, ...faults.map(fault => (fault.kind === 'deadAddresses' ? fault.count : 0)));
