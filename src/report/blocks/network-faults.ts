// Packet and DNS faults in a few words.
import type {
  AnyDnsFault,
  AnyPacketFault,
  DnsStaleFault,
  UnreachableFault,
} from '../../model/network-fault.ts';
import {bytes, count, percent, plannedDuration, plural} from '../format.ts';

/** Without its direction. */
export const networkEffectOf = (fault: AnyPacketFault | AnyDnsFault): string => {
  switch (fault.kind) {
    case 'packetLoss':
      return `${percent(fault.ratio)} of packets lost${fault.burst > 1 ? `, ${count(fault.burst)} in a row` : ''}`;
    case 'partition':
      return 'all packets lost';
    case 'unreachable':
      return `packets answered with "${unreachableWords[fault.reason]}" (ICMP)`;
    case 'mtuBlackHole':
      return `packets larger than ${bytes(fault.bytes)} lost`;
    case 'dnsTimeout':
      return 'DNS queries not answered';
    case 'dnsServfail':
      return 'DNS queries answered with SERVFAIL';
    case 'dnsNxdomain':
      return 'DNS queries answered with NXDOMAIN';
    case 'dnsEmpty':
      return 'DNS queries answered without an address';
    case 'dnsSlow':
      return `DNS queries answered after ${plannedDuration(fault.delayMs)}`;
    case 'dnsStale':
      return `DNS queries answered with a dead address, where connects ${deadWords[fault.connects]}`;
    case 'deadAddresses':
      return `DNS queries answered with ${plural(fault.count, 'dead address', 'dead addresses')} before the live one, where connects ${deadWords[fault.connects]}`;
  }
};

const deadWords: {readonly [connects in DnsStaleFault['connects']]: string} = {
  hang: 'hang',
  'are-refused': 'are refused',
};

const unreachableWords: {readonly [reason in UnreachableFault['reason']]: string} = {
  host: 'host unreachable',
  net: 'network unreachable',
  port: 'port unreachable',
  admin: 'administratively prohibited',
};
