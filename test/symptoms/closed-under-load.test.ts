// What is said of a close() that was called under the load and the faults of the last phase: at 9000 ms.
import test from 'ava';
import {refuse, stall} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {TerminatedBy} from '../../src/model/process-witness.ts';
import {serverPause, serverStop} from '../../src/model/server-fault.ts';
import type {SubjectEnd, Trial} from '../../src/model/trial.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  connectionsAt,
  fault,
  figuresOf,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';

const phasesWith = (...faults: Plan['phases'][number]['faults']): Plan['phases'] =>
  trialWith()
    .plan.phases.slice(0, fault + 1)
    .map(phase =>
      phase.role === 'fault' ? {...phase, faults, endsWith: 'close'} : phase,
    ) as unknown as Plan['phases'];

const ended = (close: 'resolved' | 'hung'): SubjectEnd => ({kind: 'completed', close, error: null});

type Closed = {
  readonly durationMs: number;
  readonly calmMs?: number;
  readonly inFlight?: number;
  readonly faults?: Plan['phases'][number]['faults'];
  readonly close?: 'resolved' | 'hung';
  /** Of a program that was sent SIGTERM instead. */
  readonly sigterm?: TerminatedBy | null;
};

const closedWith = ({
  durationMs,
  calmMs = 9000 + durationMs,
  inFlight = 0,
  faults = [stall()],
  close = 'resolved',
  sigterm,
}: Closed) =>
  ({
    plan: {phases: phasesWith(...faults)},
    loadEndedMs: 9000,
    end: ended(close),
    closing: {
      startMs: 9000,
      durationMs,
      underLoad: {calmMs, inFlight},
      ...(sigterm !== undefined && {sigterm}),
    },
  }) satisfies TrialChanges;

const hangs = 'close-hangs';
test('it returns at once', answers, hangs, closedWith({durationMs: 5}), 'clear');
test(
  'it takes long while connects are refused',
  answers,
  hangs,
  closedWith({durationMs: 7000, calmMs: 14_005, faults: [refuse()]}),
  {value: 7000, phase: 'stall'},
);
test(
  'it takes long while the server is stopped',
  answers,
  hangs,
  closedWith({durationMs: 7000, calmMs: 14_005, faults: [serverStop()]}),
  {value: 7000},
);
test(
  'it returns when the silence has ended',
  answers,
  hangs,
  closedWith({durationMs: 5010, calmMs: 14_005}),
  /the fault kept the server silent meanwhile/,
);
test(
  'it returns when the pause has ended, beside a fault that is no silence',
  answers,
  hangs,
  closedWith({durationMs: 5010, calmMs: 14_005, faults: [refuse(), serverPause()]}),
  /kept the server silent/,
);
test(
  'it hangs, and was not watched for long without the silence',
  answers,
  hangs,
  closedWith({durationMs: 15_000, calmMs: 20_000, close: 'hung'}),
  /watched for only 4 s without the fault/,
);
test(
  'it hangs long after the silence has ended',
  answers,
  hangs,
  closedWith({durationMs: 15_000, calmMs: 14_005, close: 'hung'}),
  {value: 15_000, phase: 'stall'},
);

const exits = {exitCode: 0, signal: null};
test(
  'a program takes its time after SIGTERM, but no more than ten seconds',
  answers,
  hangs,
  closedWith({durationMs: 9900, faults: [refuse()], sigterm: exits}),
  'clear',
);
test(
  'a program takes too long to end after SIGTERM',
  answers,
  hangs,
  closedWith({durationMs: 10_100, faults: [refuse()], sigterm: exits}),
  {value: 10_100, phase: 'stall'},
);
test(
  'a program does not end on SIGTERM, and is killed',
  answers,
  hangs,
  {
    ...closedWith({durationMs: 30_000, calmMs: 19_000, close: 'hung', faults: [refuse()], sigterm: null}),
    exit: {...trialWith().exit!, killedFor: 'lingering'},
  },
  {value: 30_000, phase: 'stall'},
);
test(
  'a program waits for answers that a silent server does not give',
  answers,
  hangs,
  closedWith({durationMs: 11_000, calmMs: 19_000, sigterm: exits}),
  /the program took 11 s to end after SIGTERM, but the fault kept the server silent/,
);

const after = 'connection-after-close';

const connections = (...times: readonly (readonly [openedMs: number, closedMs: number])[]) =>
  ({
    injectorLog: {
      connections: times.map(([openedMs, closedMs], index) => ({
        id: index + 1,
        openedMs,
        closedMs,
        upstreamBytes: 0,
        downstreamBytes: 0,
        hits: [],
        hitsMs: [],
        end: 'client-closed',
      })),
      connectionsLeftOut: 0,
      hits: [],
      hitsLeftOut: 0,
    },
  }) satisfies TrialChanges;

const drained = (inFlight: number): Partial<Trial['driver']> => ({drained: {atMs: 10_000, inFlight}});

test(
  'a client that is closed connects again',
  answers,
  after,
  {...closedWith({durationMs: 5}), ...connections([2000, 9004], [9600, 9700])},
  {value: 1, phase: 'stall'},
);
test(
  'a client that is closed connects for what is still in flight',
  answers,
  after,
  {
    ...closedWith({durationMs: 5, inFlight: 2}),
    ...connections([2000, 9004], [9600, 9700]),
    driver: drained(0),
  },
  /1 connection opened after close\(\) had returned, but 2 operations still in flight may have needed one/,
);
test(
  'a client that is closed connects when nothing is in flight any more',
  answers,
  after,
  {...closedWith({durationMs: 5, inFlight: 2}), ...connections([10_100, 10_200]), driver: drained(0)},
  {value: 1},
);
test(
  'a connection of what is in flight lasts as long as that',
  answers,
  after,
  {...closedWith({durationMs: 5, inFlight: 2}), ...connections([2000, 10_900]), driver: drained(0)},
  'clear',
);

const orphaned = 'orphaned-operation';
const figures = [figuresOf(baseline, 400), figuresOf(fault, 400)];

const left = (atMs: number, probes: Trial['probes']): TrialChanges => ({
  ...closedWith({durationMs: 5, inFlight: 2}),
  probes,
  driver: {
    phases: figures,
    drained: {atMs, inFlight: 1, unsettled: [{index: 7, phase: fault, startMs: 8900}]},
  },
});

test(
  'what was in flight when close() was called never settles',
  answers,
  orphaned,
  left(20_000, [{atMs: 12_000, ok: true}]),
  {value: 1, phase: 'stall'},
);
test(
  'it was not watched for long enough',
  answers,
  orphaned,
  left(18_000, [{atMs: 12_000, ok: true}]),
  /observed for less than 10 s without a fault/,
);
test('no fresh client was tried', answers, orphaned, left(20_000, []), /no fresh client was tried/);
test(
  'all has settled',
  answers,
  orphaned,
  {...closedWith({durationMs: 5, inFlight: 2}), driver: {phases: figures, ...drained(0)}},
  'clear',
);

for (const symptom of ['connection-leak', 'memory-growth'] as const) {
  test(
    'nothing is said of what had no time to be given back',
    answers,
    symptom,
    {
      ...closedWith({durationMs: 5}),
      injector: [connectionsAt(4000, 1), connectionsAt(8900, 60)],
      heaps: [
        {atMs: 5000, phase: baseline, heapUsedBytes: 1e6, externalBytes: 0},
        {atMs: 9500, phase: null, heapUsedBytes: 1e9, externalBytes: 0},
      ],
    },
    /close\(\) was called under load|closed before the heap was measured/,
  );
}
