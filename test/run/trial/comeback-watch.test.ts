// What is known of a comeback while the trial runs.
import test from 'ava';
import {stall} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {ComebackWatch} from '../../../src/run/trial/comeback-watch.ts';
import {binAt, trialWith} from '../../helpers/trial-believable.ts';

const phases: Plan['phases'] = [
  {name: 'baseline', role: 'baseline', durationMs: 2000, faults: []},
  {name: 'stall', role: 'fault', durationMs: 2000, faults: [stall()]},
  {name: 'after-stall', role: 'recovery', durationMs: 2000, faults: []},
  {name: 'reset', role: 'fault', durationMs: 2000, faults: [stall()]},
  {name: 'after-reset', role: 'recovery', durationMs: 2000, faults: []},
];
const plan: Plan = {...trialWith().plan, phases, thresholds: {'wedged-client': {wedgedMs: 3000}}};

const edge = (phase: number) => ({
  kind: 'edge' as const,
  edge: {phase, beforeMs: phase * 2000, afterMs: phase * 2000},
});
const good = (startMs: number) => ({
  kind: 'bins' as const,
  bins: [binAt(startMs, {phase: Math.floor(startMs / 2000)})],
});
const bad = (startMs: number) => ({
  kind: 'bins' as const,
  bins: [
    binAt(startMs, {
      phase: Math.floor(startMs / 2000),
      outcomes: {ok: 0, failed: 50, unknown: 0, rejected: 0, wrong: 0, hung: 0},
    }),
  ],
});

test('quiet is the time without a fault since the last success, over all phases', t => {
  const watch = new ComebackWatch(plan);
  for (const event of [edge(0), good(0), good(1500), edge(1)]) watch.note(event);
  t.false(watch.isCalm);
  t.is(watch.quietMs(3500), 0, 'a fault is no quiet time');
  watch.note(edge(2));
  t.true(watch.isCalm);
  t.is(watch.quietMs(5500), 1500);
  watch.note(edge(3));
  t.is(watch.quietMs(7500), 2000);
  watch.note(edge(4));
  t.is(watch.quietMs(9000), 3000);
  watch.note(good(8500));
  t.is(watch.quietMs(9500), 500);
});

test('it is calm, too, when the faults end under which the library was closed', t => {
  const watch = new ComebackWatch(plan);
  for (const event of [edge(0), good(1500), edge(1)]) watch.note(event);
  watch.note({kind: 'load-ended', atMs: 3000});
  t.false(watch.isCalm);
  watch.note({kind: 'calmed', atMs: 3500});
  t.true(watch.isCalm);
  t.is(watch.quietMs(4500), 1000);
});

test('wedged is who has been quiet for long, while a fresh client gets through', t => {
  const watch = new ComebackWatch(plan);
  for (const event of [edge(0), good(0), edge(1), edge(2), edge(3), edge(4)]) watch.note(event);
  t.false(watch.isWedged(12_000), 'nobody tried');
  watch.note({kind: 'probe', atMs: 9000, ok: true});
  t.false(watch.isWedged(10_900), 'what comes late is waited for');
  t.true(watch.isWedged(11_100));
  watch.note({kind: 'probe', atMs: 9500, ok: false});
  t.false(watch.isWedged(11_100), 'the way is not free');
});

test('who never succeeded is not called wedged', t => {
  const watch = new ComebackWatch(plan);
  for (const event of [edge(0), edge(1), edge(2), bad(4000)]) watch.note(event);
  watch.note({kind: 'probe', atMs: 9000, ok: true});
  t.false(watch.isWedged(20_000));
});

test('good is the time at the end in which operations succeeded as in the baseline', t => {
  const watch = new ComebackWatch(plan);
  for (const event of [edge(0), good(500), edge(1), bad(2500), edge(2)]) watch.note(event);
  t.false(watch.hasNews);
  watch.note(bad(4000));
  t.true(watch.hasNews);
  t.is(watch.goodMs, 0);
  for (const event of [good(4500), good(5000)]) watch.note(event);
  t.is(watch.goodMs, 1000);
  const underWay = {ok: 30, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0};
  watch.note({kind: 'bins', bins: [binAt(5500, {phase: 2, outcomes: underWay})]});
  t.is(watch.goodMs, 1000, 'what is still under way is not known yet');
  watch.note(bad(5500));
  t.is(watch.goodMs, 0);
});
