// What is said of clients that come and go: phases begin at 0, 1000, 5000 and 9000 ms, and the load ends at 19,000 ms.
import test from 'ava';
import type {ClientLives, ClientWitness, SlowClose} from '../../src/model/client-witness.ts';
import {refuse, stall} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  fault,
  figuresOf,
  recovery,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';

const nobody: ClientWitness = {phases: [], slowCloses: [], lives: []};

const closes = (...slowCloses: readonly Omit<SlowClose, 'number'>[]): ClientWitness => ({
  ...nobody,
  slowCloses: slowCloses.map((close, number) => ({...close, number})),
});

const withFault = (...faults: Plan['phases'][number]['faults']): Partial<Plan> => ({
  phases: trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults} : phase,
  ) as unknown as Plan['phases'],
});

const hangs = 'close-hangs';
const slow = {phase: fault, startMs: 6000, untilMs: 11_500, hasSettled: true};

test('none of the clients was slow to close', answers, hangs, {clients: nobody}, 'clear');
test(
  'one was, while connects were refused',
  answers,
  hangs,
  {clients: closes(slow), plan: withFault(refuse())},
  {value: 5500, phase: 'stall'},
);
test(
  'one was, and had the end of a silence to wait for',
  answers,
  hangs,
  {clients: closes(slow), plan: withFault(stall())},
  /close\(\) of 1 client took more than 5 s, but a fault kept the server silent/,
);
test(
  'one was, long after the silence',
  answers,
  hangs,
  {clients: closes({...slow, untilMs: 14_100}), plan: withFault(stall())},
  {value: 8100, phase: 'stall'},
);
test(
  'one was in calm, after others that a silence explains',
  answers,
  hangs,
  {
    clients: closes(slow, {phase: recovery, startMs: 10_000, untilMs: 15_001, hasSettled: false}),
    plan: withFault(stall()),
  },
  {value: 5001, phase: 'recovery'},
);
test(
  'one was, and had the end of a silence to wait for that lasts longer than the load',
  answers,
  hangs,
  {
    clients: closes({...slow, untilMs: 16_900}),
    plan: {phases: trialWith().plan.phases.slice(0, fault + 1) as unknown as Plan['phases']},
    loadEndedMs: 9000,
    closing: {startMs: 9000, durationMs: 5, underLoad: {calmMs: 12_000, inFlight: 0}},
  },
  /kept the server silent/,
);
test(
  'what the last close() does counts with them',
  answers,
  hangs,
  {
    clients: closes(slow),
    plan: withFault(stall()),
    end: {kind: 'completed', close: 'hung', error: null},
    closing: {startMs: 21_000, durationMs: 5000},
  },
  {value: 5000},
);

const after = 'connection-after-close';

/** A client each second, closed after it: from the start, up to this time. */
const eachSecond = (untilMs: number): ClientLives[] =>
  Array.from({length: untilMs / 1000}, (_, second) => ({
    fromMs: second * 1000,
    untilMs: (second + 1) * 1000 - 100,
  }));

const seen = (
  lives: readonly ClientLives[],
  ...times: readonly (readonly [openedMs: number, closedMs: number])[]
): TrialChanges => ({
  clients: {...nobody, lives},
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
});

test(
  'each connection ends with its client',
  answers,
  after,
  seen(eachSecond(19_000), [1100, 1900], [6100, 7000], [10_100, 10_900]),
  'clear',
);
test(
  'one outlives all that may have opened it',
  answers,
  after,
  seen(eachSecond(19_000), [1100, 1900], [10_100, 12_000]),
  {value: 1, phase: 'recovery'},
);
test(
  'one lasts as long as a client that was opened before it',
  answers,
  after,
  seen(
    [...eachSecond(10_000), {fromMs: 10_000, untilMs: 20_000}],
    [1100, 1900],
    [10_100, 20_900],
    [11_000, 20_500],
  ),
  'clear',
);
test(
  'one lasts as long as a client that is never closed',
  answers,
  after,
  seen([...eachSecond(10_000), {fromMs: 10_000, untilMs: null}], [1100, 1900], [10_100, 21_900]),
  'clear',
);
test(
  'a fault keeps the end of one from the injector until it is over',
  answers,
  after,
  seen(eachSecond(19_000), [1100, 1900], [5100, 10_000]),
  'clear',
);
test(
  'one is still there when the fault has been over for a while',
  answers,
  after,
  seen(eachSecond(19_000), [1100, 1900], [5100, 10_100]),
  {value: 1, phase: 'recovery'},
);

const inFlight = (inFlightMax: number): TrialChanges => ({
  driver: {
    phases: [warmUp, baseline, fault, recovery].map(phase => figuresOf(phase, 100, {inFlightMax})),
  },
});
const shared = [
  [1100, 20_000],
  [1200, 20_000],
] as const;

test(
  'clients share a pool, which outlives them',
  answers,
  after,
  {...seen(eachSecond(19_000), ...shared), ...inFlight(2)},
  /2 connections outlived .* clients may share a pool, which keeps one for each of the 2 operations/,
);
test(
  'there are more than such a pool would have',
  answers,
  after,
  {...seen(eachSecond(19_000), ...shared, [10_100, 20_000]), ...inFlight(2)},
  {value: 3, phase: 'recovery'},
);
test(
  'too few clients were closed before the fault to know whether they share one',
  answers,
  after,
  {
    ...seen([{fromMs: 0, untilMs: 4500}, ...eachSecond(19_000).slice(5)], [1100, 4400], [10_100, 12_000]),
    ...inFlight(1),
  },
  /may share a pool/,
);
test(
  'connections come and go with clients',
  answers,
  'connection-flapping',
  {
    ...seen(eachSecond(19_000), [1100, 1900]),
    plan: {load: {model: 'closed', concurrency: 1, clients: {lifeMs: 1000}}},
  },
  /clients come and go/,
);
