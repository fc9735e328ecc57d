// Every constructor of a packet or DNS fault, through the scenario's check, to what the injector's API takes.
import test from 'ava';
import {needsEmbedded, toToxic} from '../../src/faults/toxics.ts';
import type {Fault} from '../../src/model/fault.ts';
import {
  deadAddresses,
  dnsEmpty,
  dnsNxdomain,
  dnsServfail,
  dnsSlow,
  dnsStale,
  dnsTimeout,
  mtuBlackHole,
  packetLoss,
  partition,
  unreachable,
} from '../../src/model/network-fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {describeFault} from '../../src/report/blocks/faults.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

const becomes = test.macro({
  title: (_title, _fault: Fault, _type: string, _attributes: Attributes, words: string) => words,
  exec(t, fault: Fault, type: string, attributes: Attributes, words: string) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    t.like(toToxic('phase-1', fault, 1000), {name: 'phase-1', stream: 'downstream', type, attributes});
    t.true(needsEmbedded(fault));
    t.is(describeFault(fault), words);
  },
});

test(
  becomes,
  packetLoss({ratio: 0.3}),
  'packet_loss',
  {ratio: 0.3, burst: 1, direction: 'both'},
  '30.0% of packets lost, both ways',
);
test(
  becomes,
  packetLoss({ratio: 0.1, burst: 5, direction: 'downstream', durationMs: 500}),
  'packet_loss',
  {ratio: 0.1, burst: 5, direction: 'downstream'},
  '10.0% of packets lost, 5 in a row, server to client, for 500 ms',
);
test(becomes, partition(), 'partition', {direction: 'both'}, 'all packets lost, both ways');
test(
  becomes,
  unreachable({probability: 0.5}),
  'unreachable',
  {reason: 'host'},
  'packets answered with "host unreachable" (ICMP), on 50.0% of the occurrences',
);
test(
  becomes,
  unreachable({reason: 'admin'}),
  'unreachable',
  {reason: 'admin'},
  'packets answered with "administratively prohibited" (ICMP)',
);
test(
  becomes,
  mtuBlackHole({bytes: 900}),
  'mtu_black_hole',
  {bytes: 900, direction: 'both'},
  'packets larger than 900 B lost, both ways',
);
test(becomes, dnsTimeout(), 'dns_timeout', {}, 'DNS queries not answered');
test(becomes, dnsServfail(), 'dns_servfail', {}, 'DNS queries answered with SERVFAIL');
test(
  becomes,
  dnsNxdomain({firstN: 4}),
  'dns_nxdomain',
  {},
  'DNS queries answered with NXDOMAIN, on the first 4 queries only',
);
test(becomes, dnsEmpty(), 'dns_empty', {}, 'DNS queries answered without an address');
test(becomes, dnsSlow({delayMs: 900}), 'dns_slow', {delay: 900}, 'DNS queries answered after 900 ms');
test(
  becomes,
  dnsStale(),
  'dns_dead',
  {dead: 1, stale: true, silent: true},
  'DNS queries answered with a dead address, where connects hang',
);
test(
  becomes,
  deadAddresses({count: 2, connects: 'are-refused'}),
  'dns_dead',
  {dead: 2, stale: false, silent: false},
  'DNS queries answered with 2 dead addresses before the live one, where connects are refused',
);

test('a packet fault that could hit nothing is refused', t => {
  t.throws(() => plannedFaultSchema.parse({...packetLoss({ratio: 0.3}), ratio: 0}));
  t.throws(() => plannedFaultSchema.parse({...mtuBlackHole({bytes: 900}), bytes: 1500}));
});
