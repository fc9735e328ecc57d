import test from 'ava';
import {measureConnections} from '../../../src/measures/measure.ts';
import type {Finding} from '../../../src/model/finding.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {
  baseline,
  connectionsAt,
  fault,
  figuresOf,
  inconclusiveOf,
  presentOf,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';

/** A trial whose connections had so long to become idle before the client was closed. */
const idleFor = (ms: number, changes: TrialChanges): Trial => {
  const trial = trialWith(changes);
  return {...trial, closing: {startMs: trial.driver.drained!.atMs + ms, durationMs: 5}};
};

const leaks = test.macro({
  title: (_title, before: number, after: number, present: boolean) =>
    `${before} in the baseline and ${after} at the end ${present ? 'is a leak' : 'is none'}`,
  exec(t, before: number, after: number, present: boolean) {
    const injector = [connectionsAt(2000, before), connectionsAt(7000, 90), connectionsAt(20_900, after)];
    t.is(detectOne('connection-leak', idleFor(6000, {injector})).verdict, present ? 'present' : 'clear');
  },
});

test(leaks, 10, 0, false);
test(leaks, 10, 11, false);
test(leaks, 10, 12, true);
test(leaks, 0, 1, false);
test(leaks, 0, 2, true);

test('it says how many are open, and how many were in the baseline at most', t => {
  const injector = [
    connectionsAt(900, 50),
    connectionsAt(1500, 8),
    connectionsAt(4000, 10),
    connectionsAt(7000, 40, 60),
    connectionsAt(25_400, 57, 80),
    connectionsAt(25_550, 0, 80),
  ];
  t.deepEqual(presentOf(detectOne('connection-leak', idleFor(6000, {injector}))), {
    symptom: 'connection-leak',
    verdict: 'present',
    severity: 'fail',
    phase: 'drain',
    evidence: [
      {
        phase: 'drain',
        witness: 'injector',
        // The 50 of the warm-up were still open when the baseline began.
        statement:
          '57 connections open after the load and the idle timeout; the peak of the baseline was 50.',
        value: 7,
        threshold: 1,
        unit: 'count',
        count: 80,
        operations: [],
      },
    ],
  });
});

const pooled = test.macro({
  title: (_title, open: number, underWay: number, verdict: string) =>
    `${open} at the end, where ${underWay} operations had been under way at once: ${verdict}`,
  exec(t, open: number, underWay: number, verdict: Finding['verdict']) {
    const phases = [
      figuresOf(baseline, 400, {inFlightMax: 2}),
      figuresOf(fault, 400, {inFlightMax: underWay}),
    ];
    const injector = [connectionsAt(2000, 2), connectionsAt(20_900, open)];
    t.is(detectOne('connection-leak', idleFor(6000, {injector, driver: {phases}})).verdict, verdict);
  },
});

test(pooled, 3, 6, 'clear');
test(pooled, 6, 6, 'inconclusive');
test(pooled, 7, 6, 'inconclusive');
test(pooled, 8, 6, 'present');

test('12 at the end, of which a pool had 300 ms to close those that are idle, leaves it open', t => {
  const injector = [connectionsAt(2000, 10), connectionsAt(19_700, 12)];
  t.deepEqual(
    detectOne('connection-leak', idleFor(300, {injector})),
    inconclusiveOf(
      'connection-leak',
      '12 connections were open after the load, but had only 300 ms to become idle and close; a longer load allows more time',
    ),
  );
});

test('an injector that does not count leaves it open', t => {
  t.deepEqual(
    detectOne('connection-leak', trialWith()),
    inconclusiveOf('connection-leak', 'this injector does not count connections'),
  );
});

test('a trial without its end leaves it open', t => {
  t.deepEqual(
    detectOne('connection-leak', trialWith({injector: [connectionsAt(2000, 1)], closing: null})),
    inconclusiveOf('connection-leak', 'the trial did not run to its end'),
  );
});

test('a scenario without a baseline leaves it open', t => {
  const {phases} = trialWith().plan;
  const trial = trialWith({
    plan: {phases: [phases[2]!]},
    injector: [connectionsAt(2000, 1), connectionsAt(20_900, 9)],
  });
  t.deepEqual(
    detectOne('connection-leak', trial),
    inconclusiveOf('connection-leak', 'no baseline to compare with'),
  );
});

test('connections of a phase are those opened in it, and the most that were open', t => {
  const injector = [
    connectionsAt(4900, 5, 10),
    connectionsAt(5500, 9, 20),
    connectionsAt(9000, 2, 22),
    connectionsAt(9500, 30, 70),
  ];
  t.deepEqual(measureConnections(trialWith({injector}), fault), {opened: 12, openMax: 9});
  t.deepEqual(measureConnections(trialWith({injector: injector.slice(0, 1)}), fault), {
    opened: 0,
    openMax: 5,
  });
  t.is(measureConnections(trialWith(), fault), null);
});
