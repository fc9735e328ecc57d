// After a packet or DNS fault, what TCP or a resolver explains is not said of the library. Each row is told apart from its twin
// after another fault. The fault lasts from 5 s to 9 s, and the recovery until 19 s.
import test from 'ava';
import {addressCountIn, aftermathMs} from '../../src/measures/network-aftermath.ts';
import {type Fault, stall} from '../../src/model/fault.ts';
import {
  deadAddresses,
  dnsNxdomain,
  dnsSlow,
  dnsStale,
  packetLoss,
  partition,
} from '../../src/model/network-fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {ConnectionRecord} from '../../src/model/proxy-witness.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {type Answered, answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  connectionsAt,
  fault,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';

const phasesWith = (...faults: readonly Fault[]): Plan['phases'] =>
  trialWith().plan.phases.map((phase, index) =>
    index === fault ? {...phase, faults} : phase,
  ) as unknown as Plan['phases'];

test('TCP may be silent for as long as packets were lost, and a resolver for 6 s', t => {
  const after = (...faults: readonly Fault[]): number =>
    aftermathMs(trialWith({plan: {phases: phasesWith(...faults)}}), fault + 1);
  t.is(after(stall()), 0);
  t.is(after(partition()), 4000);
  t.is(after(packetLoss({ratio: 0.1}), stall()), 4000);
  t.is(after(dnsNxdomain()), 0);
  t.is(after(dnsStale()), 6000);
  t.is(after(dnsSlow({delayMs: 9000})), 9000);
  t.is(aftermathMs(trialWith({plan: {phases: phasesWith(partition())}}), fault), 0);
});

test('a client may have to try each of several addresses', t => {
  t.is(addressCountIn({faults: [stall()]}), 1);
  t.is(addressCountIn({faults: [deadAddresses({count: 3})]}), 4);
});

const hung = {...binAt(0).outcomes, ok: 20, hung: 30};

/** Bins of half a second from 9 s on, of which those before `goodFromMs` fail. */
const goodFrom = (goodFromMs: number) =>
  Array.from({length: 20}, (_, index) => {
    const startMs = 9000 + index * 500;
    return startMs < goodFromMs ? binAt(startMs, {outcomes: hung}) : binAt(startMs);
  });

/** Nothing succeeds in those from `deadFromMs` on. */
const deadFrom = (deadFromMs: number) =>
  Array.from({length: 20}, (_, index) => {
    const startMs = 9000 + index * 500;
    return startMs < deadFromMs ? binAt(startMs) : binAt(startMs, {outcomes: {...hung, ok: 0, hung: 50}});
  });

const record = (id: number, closedMs: number | null, lost: boolean): ConnectionRecord => ({
  id,
  openedMs: 6000,
  closedMs,
  upstreamBytes: 0,
  downstreamBytes: 0,
  hits: lost ? ['parted-1-partition'] : [],
  hitsMs: lost ? [7000] : [],
  hitsAt: lost ? [null] : [],
  end: closedMs === null ? 'open' : 'client-closed',
});

const logOf = (...connections: readonly ConnectionRecord[]): Pick<TrialChanges, 'injectorLog'> => ({
  injectorLog: {connections, connectionsLeftOut: 0, hits: [], hitsLeftOut: 0},
});

const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];

type Twin = {
  readonly symptom: SymptomId;
  readonly changes: (isPacketFault: boolean) => TrialChanges;
  readonly network: Fault;
  readonly otherwise: Answered;
  readonly afterwards: Answered;
};

const twins: readonly Twin[] = [
  {
    symptom: 'slow-recovery',
    changes: () => ({driver: {bins: goodFrom(16_000)}}),
    network: partition(),
    otherwise: {value: 7000},
    afterwards: /^it took longer than .*, but after a packet or DNS fault, TCP or the resolver may explain/,
  },
  {
    symptom: 'slow-recovery',
    changes: () => ({driver: {bins: goodFrom(16_000)}}),
    network: dnsNxdomain(),
    otherwise: {value: 7000},
    afterwards: {value: 7000},
  },
  {
    symptom: 'wedged-client',
    changes: () => ({
      driver: {bins: deadFrom(13_000)},
      probes: Array.from({length: 5}, (_, index) => ({atMs: 14_000 + index * 1000, ok: true})),
    }),
    network: partition(),
    otherwise: {value: 6000},
    afterwards: /^nothing succeeded in the last 6\.0 s .* more than 7\.0 s are needed/,
  },
  {
    symptom: 'orphaned-operation',
    changes: () => ({
      driver: {
        bins: goodFrom(9000),
        drained: {atMs: 21_000, inFlight: 1, unsettled: [{index: 7, phase: fault, startMs: 8000}]},
      },
    }),
    network: partition(),
    otherwise: {value: 1},
    afterwards: /observed for less than 14/,
  },
  {
    symptom: 'close-hangs',
    changes: () => ({
      closing: {startMs: 12_000, durationMs: 20_000},
      end: {kind: 'completed', close: 'hung', error: null},
    }),
    network: partition(),
    otherwise: {value: 20_000},
    afterwards: /^it did not end in time, but after a packet or DNS fault/,
  },
  {
    symptom: 'connection-leak',
    changes: isPacketFault => ({
      ...logOf(...ids.map(id => record(id, null, isPacketFault))),
      injector: [connectionsAt(4900, 2, 2), connectionsAt(20_900, 9, 9)],
      driver: {drained: {atMs: 15_000, inFlight: 0}},
    }),
    network: partition(),
    otherwise: {value: 7},
    afterwards: /^a fault lost packets of 9 connections/,
  },
  {
    symptom: 'connection-after-close',
    changes: isPacketFault => logOf(record(1, 22_500, isPacketFault)),
    network: packetLoss({ratio: 0.3}),
    otherwise: {value: 1},
    afterwards: 'clear',
  },
  {
    symptom: 'connect-storm',
    changes: () => ({
      injector: [connectionsAt(4900, 2, 2), connectionsAt(8900, 2, 300)],
      phaseResources: [resourcesOf(baseline), resourcesOf(fault, {connectCount: 2400})],
    }),
    network: deadAddresses(),
    otherwise: {value: 150},
    afterwards: 'clear',
  },
  {
    symptom: 'replay-burst',
    changes: () => ({
      ledger: {
        ...booksOf([{phase: recovery}]).ledger!,
        attemptsByBin: Array.from({length: 38}, () => 50),
        attemptTimes: Array.from({length: 400}, (_, index) => [index, 9100]),
      },
    }),
    network: partition(),
    otherwise: {value: 4},
    afterwards: /^packets were lost, so the time at which an attempt arrived/,
  },
];

for (const {symptom, changes, network, otherwise, afterwards} of twins) {
  const thresholds = {'wedged-client': {wedgedMs: 3000}};
  test(
    `after stall, instead of ${network.kind}`,
    answers,
    symptom,
    {...changes(false), plan: {phases: phasesWith(stall()), thresholds}},
    otherwise,
  );
  test(
    `after ${network.kind}`,
    answers,
    symptom,
    {...changes(true), plan: {phases: phasesWith(network), thresholds}},
    afterwards,
  );
}
