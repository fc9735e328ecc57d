// Sockets that pile up while a fault lasts, from 5000 to 9000 ms.
import test from 'ava';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  fault,
  figuresOf,
  presentOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';

const id = 'connection-pile-up';

const socketsAt = (
  counts: readonly (readonly [atMs: number, socketCount: number | null])[],
  underWay = 20,
): TrialChanges => ({
  system: counts.map(([atMs, socketCount]) => ({
    atMs,
    cpuMs: 0,
    rssBytes: 0,
    threadCount: null,
    fileDescriptorCount: null,
    socketCount,
  })),
  driver: {
    phases: [
      figuresOf(warmUp, 100, {inFlightMax: 1}),
      figuresOf(baseline, 400, {inFlightMax: 2}),
      figuresOf(fault, 400, {inFlightMax: underWay}),
    ],
  },
});

const rising = (last: number, half = 10): Parameters<typeof socketsAt>[0] => [
  [2000, 4],
  [4000, 5],
  [5500, 8],
  [6500, half],
  [8500, last],
];

test('one for each operation under way', answers, id, socketsAt(rising(25)), 'clear');
test('10 beyond them', answers, id, socketsAt(rising(35)), 'clear');
test('11 beyond them', answers, id, socketsAt(rising(36)), {value: 11, phase: 'stall'});
test('they do not grow any more', answers, id, socketsAt(rising(90, 90)), 'clear');
test('as many had been under way before', answers, id, socketsAt(rising(36), 21), 'clear');
test('nobody counts sockets', answers, id, socketsAt([[2000, null]]), /were not counted/);
test(
  'without a baseline',
  answers,
  id,
  socketsAt([
    [6000, 1],
    [7000, 90],
  ]),
  /no baseline/,
);
test(
  'too short a fault',
  answers,
  id,
  socketsAt([
    [2000, 4],
    [6000, 90],
  ]),
  /count its sockets twice/,
);
test(
  'how many were under way is not known',
  answers,
  id,
  {...socketsAt(rising(90)), driver: {phases: [figuresOf(fault, 400)]}},
  /in flight at once/,
);

test('where the operating system does not tell, Node does', t => {
  const resources = rising(90).map(([atMs, sockets]) => ({
    atMs,
    cpuMs: 0,
    rssBytes: 0,
    heapUsedBytes: 0,
    externalBytes: 0,
    loopDelayMaxMs: 0,
    loopUtilisationRatio: 0,
    gcMs: 0,
    gcCount: 0,
    activeResources: {TCPSocketWrap: sockets ?? 0, Timeout: 3},
  }));
  const finding = presentOf(detectOne(id, trialWith({...socketsAt([]), resources})));
  t.is(finding.severity, 'warn');
  t.is(
    finding.evidence[0].statement,
    '90 sockets were open at the end of phase stall, up from 10 halfway through it; the peak of the baseline was 5, and at most 20 operations had been in flight at once.',
  );
});
