// What the kernel does to packets, below TCP, in a network namespace of the run's own. See packet-filter.ts.

import type {PacketRule} from '../packet-filter.ts';
import {type Downtime, defineToxicType} from '../toxic-type.ts';

const direction = {kind: 'string', initial: 'both'} as const;
const directions: readonly string[] = ['upstream', 'downstream', 'both'];

const refuseDirection = (given: string): string | null =>
  directions.includes(given) ? null : `direction must be one of ${directions.join(', ')}`;

/** Until it is removed. */
const whole = (effect: PacketRule): Downtime => ({
  downMs: Number.POSITIVE_INFINITY,
  upMs: Number.POSITIVE_INFINITY,
  effect,
});

const millionths = 1_000_000;

/** By the kernel's own dice; a burst comes once in each `burst / ratio` packets. */
const lossOf = (ratio: number, burst: number): string => {
  if (ratio >= 1) return '';
  if (burst > 1) return `numgen inc mod ${Math.round(burst / ratio)} < ${burst}`;
  return `numgen random mod ${millionths} < ${Math.round(ratio * millionths)}`;
};

/** packet_loss: this share of the packets is lost, each by chance, or `burst` in a row. */
export const packetLoss = defineToxicType({
  name: 'packet_loss',
  attributes: {
    ratio: {kind: 'float64', initial: 0.1},
    /** Packets. */
    burst: {kind: 'int64', initial: 1},
    direction,
  },
  refuse: ({ratio, burst, direction}) => {
    if (!(ratio >= 1 / millionths && ratio <= 1)) return 'ratio must be above 0 and at most 1';
    if (burst < 1 || burst > 10_000) return 'burst must be 1 to 10000 packets';
    return refuseDirection(direction);
  },
  downtime: ({ratio, burst, direction}) => whole({direction, match: lossOf(ratio, burst), verdict: 'drop'}),
});

/** partition: no packet passes, of live or new connections, and nobody is told. */
export const partition = defineToxicType({
  name: 'partition',
  attributes: {direction},
  refuse: ({direction}) => refuseDirection(direction),
  downtime: ({direction}) => whole({direction, match: '', verdict: 'drop'}),
});

/** The ICMP message (type 3) of each `reason`. */
const answers: ReadonlyMap<string, string> = new Map([
  ['host', 'host-unreachable'],
  ['net', 'net-unreachable'],
  ['port', 'port-unreachable'],
  ['admin', 'admin-prohibited'],
]);

/** unreachable: each packet of a client is answered as by a router or a host that cannot deliver it. */
export const unreachable = defineToxicType({
  name: 'unreachable',
  attributes: {reason: {kind: 'string', initial: 'host'}},
  refuse: ({reason}) =>
    answers.has(reason) ? null : `reason must be one of ${[...answers.keys()].join(', ')}`,
  downtime: ({reason}) =>
    whole({direction: 'upstream', match: '', verdict: `reject with icmp type ${answers.get(reason)}`}),
});

/** mtu_black_hole: packets above a size are dropped without an ICMP message, as behind a firewall that filters those. */
export const mtuBlackHole = defineToxicType({
  name: 'mtu_black_hole',
  attributes: {
    /** The size of the largest IP packet that passes. */
    bytes: {kind: 'int64', initial: 1400},
    direction,
  },
  refuse: ({bytes, direction}) =>
    bytes < 68 || bytes > 65_535 ? 'bytes must be 68 to 65535' : refuseDirection(direction),
  downtime: ({bytes, direction}) => whole({direction, match: `meta length > ${bytes}`, verdict: 'drop'}),
});
