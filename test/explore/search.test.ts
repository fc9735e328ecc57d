// What a search decides: the plans of its trials, what it leaves out, what has one cause, and what is smaller.
import test from 'ava';
import {
  type Episode,
  episodeOf,
  episodesOf,
  type MomentStrike,
  type Strike,
} from '../../src/explore/episodes.ts';
import {
  batchPlan,
  causeKey,
  type Filter,
  faultPhase,
  isNews,
  isWanted,
  proofPhases,
  recoveryPhase,
  type Signal,
  searchedPlan,
  shrink,
  worstSignal,
} from '../../src/explore/search.ts';
import {hungAfterMs, type Load, type Plan} from '../../src/model/plan.ts';
import {conversation} from '../helpers/conversations.ts';
import {plan as usual} from '../helpers/run-journal.ts';

const episodes = [...episodesOf([conversation(1, [30, 100, 40, 60])], {seed: 1, maxDepth: 1})];
const byId = (id: string): Episode => {
  const found = episodes.find(episode => episode.id === id);
  if (!found) throw new Error(`no episode ${id}`);
  return found;
};
const plan = searchedPlan(usual, null);

test('a batch is calm, then each episode with a calm time after it', t => {
  const batch = [byId('close after 2'), byId('reset within 3')];
  const {phases} = batchPlan(plan, batch);
  t.deepEqual(
    phases.map(({role}) => role),
    ['baseline', 'fault', 'recovery', 'fault', 'recovery'],
  );
  for (const [index, {faults}] of batch.entries()) {
    t.deepEqual(phases[faultPhase(index)]?.faults, [...faults]);
    t.deepEqual(phases[recoveryPhase(index)]?.faults, []);
  }
  t.true(phases.every(({untilWellMs}) => untilWellMs !== undefined));
  t.is(new Set(phases.map(({name}) => name)).size, phases.length);
});

test('an episode lasts at most until an operation counts as hung', t => {
  const [, fault] = batchPlan(plan, [byId('silence after 2')]).phases;
  t.true((fault?.untilWellMs ?? 0) > hungAfterMs(plan.operation));
});

const loads = test.macro({
  title: (_, load: Load) => `the load of a search: ${JSON.stringify(load)}`,
  exec(t, load: Load, expected: Load) {
    t.deepEqual(searchedPlan({...usual, load}, null).load, expected);
  },
});
test(
  loads,
  {model: 'open', ratePerSecond: 400, maxInFlight: 9},
  {model: 'open', ratePerSecond: 100, maxInFlight: 9},
);
test(
  loads,
  {model: 'ramp', fromPerSecond: 0, toPerSecond: 20, maxInFlight: 9},
  {model: 'open', ratePerSecond: 20, maxInFlight: 9},
);
test(
  loads,
  {model: 'bursts', burstSize: 3, everyMs: 9000, maxInFlight: 9},
  {model: 'bursts', burstSize: 3, everyMs: 1000, maxInFlight: 9},
);
test(loads, {model: 'closed', concurrency: 50}, {model: 'closed', concurrency: 8});

test('a search has neither the goals of the scenario nor its phases, and one variant', t => {
  const searched: Plan = searchedPlan({...usual, goals: {run: {hungCount: {max: 0}}}}, null);
  t.deepEqual(searched.goals, {});
  t.is(searched.variants.length, 1);
  t.is(searched.variants[0].process.telemetry, 'off');
});

test('a proof is watched for as long as the detectors want where something may never come back', t => {
  const [, fault, long] = proofPhases(plan, byId('close after 2'), 'watched');
  const [, , short] = proofPhases(plan, byId('close after 2'), 'short');
  t.true((long?.durationMs ?? 0) > 10_000);
  t.true((short?.durationMs ?? 0) < 5000);
  t.deepEqual(fault?.faults, [...byId('close after 2').faults]);
  const [, silent] = proofPhases(plan, byId('silence after 2'), 'short');
  t.true((silent?.durationMs ?? 0) > hungAfterMs(plan.operation));
});

const wanted = test.macro({
  title: (_, only: Filter) => `--only ${only}`,
  exec(t, only: Filter, some: string, other: string) {
    t.true(isWanted(byId(some), [only]));
    t.false(isWanted(byId(other), [only]));
    t.true(isWanted(byId(other), []));
  },
});
test(wanted, 'connect', 'refused', 'close after 2');
test(wanted, 'handshake', 'close after 2', 'close after the next reply');
test(wanted, 'body', 'reset within 2', 'reset before 2');
test(wanted, 'live', 'close before the next request', 'close before 1');
test(wanted, 'close', 'close after 2', 'reset after 2');
test(wanted, 'reset', 'reset after 2', 'close after 2');
test(wanted, 'silence', 'half-open after 2', 'close after 2');

test('--only with a place and an action means both', t => {
  t.true(isWanted(byId('close after 2'), ['handshake', 'close']));
  t.false(isWanted(byId('reset after 2'), ['handshake', 'close']));
  t.false(isWanted(byId('close after the next reply'), ['handshake', 'close']));
  t.true(isWanted(byId('reset after 2'), ['handshake', 'close', 'reset']));
});

test('the worst signal counts', t => {
  t.is(worstSignal(new Set<Signal>(['hung', 'stuck', 'lost'])), 'stuck');
  t.is(worstSignal(new Set()), null);
});

const causes = test.macro({
  title: (title = '') => `one cause or two: ${title}`,
  exec(
    t,
    [a, b]: readonly [string, string],
    signal: Signal,
    errors: readonly [string | null, string | null],
    isOne: boolean,
  ) {
    t.is(causeKey(byId(a), signal, errors[0]) === causeKey(byId(b), signal, errors[1]), isOne);
  },
});
const none = [null, null] as const;
test(
  'silence that only a limit ends, in use',
  causes,
  ['silence after the next request', 'half-open before the next reply'],
  'hung',
  none,
  true,
);
test(
  'silence that only a limit ends, at the beginning and in use',
  causes,
  ['silence after 1', 'half-open before the next reply'],
  'hung',
  none,
  false,
);
test(
  'silence that wedges, at two moments',
  causes,
  ['silence after 1', 'silence after 3'],
  'stuck',
  none,
  false,
);
test('two actions and cuts at one moment', causes, ['close after 2', 'reset within 2'], 'stuck', none, true);
test(
  'a silence and a close at one moment',
  causes,
  ['close after 2', 'silence after 2'],
  'stuck',
  none,
  false,
);
test('one error at two moments', causes, ['close after 1', 'reset after 4'], 'crash', ['E a', 'E a'], true);
test('two errors at one moment', causes, ['close after 1', 'reset after 1'], 'crash', ['E a', 'E b'], false);

test('a pair with a fault that fails alone shows nothing new', t => {
  const strikes: Episode['strikes'] = [...byId('close after 2').strikes, ...byId('reset within 3').strikes];
  const pair = episodeOf(strikes);
  t.true(isNews(pair, new Set(['close after 1'])));
  t.false(isNews(pair, new Set(['reset within 3'])));
});

const moment = (id: string, changes: Partial<MomentStrike> = {}): MomentStrike => {
  const [strike] = byId(id).strikes;
  if (strike.kind !== 'moment') throw new Error('not a moment');
  return {...strike, ...changes};
};

/** A client that fails where `breaks` says so, and counts what is tried. */
const shrunk = test.macro({
  title: (title = '') => `shrinking: ${title}`,
  async exec(
    t,
    from: Episode['strikes'],
    breaks: (strikes: Episode['strikes']) => boolean,
    expected: string,
  ) {
    const tried: string[] = [];
    const strikes = await shrink(from, async smaller => {
      tried.push(episodeOf(smaller).id);
      return breaks(smaller);
    });
    t.is(episodeOf(strikes).id, expected);
    t.true(tried.length < 40);
  },
});
const isAt = (strike: Strike, exchange: number): boolean =>
  strike.kind === 'moment' && strike.exchange === exchange;
test(
  'to the milder action on one connection',
  shrunk,
  [moment('reset within 2', {connections: 'all'})],
  ([strike]) => isAt(strike, 2),
  'close after 2',
);
test(
  'before a request is after the reply that precedes it',
  shrunk,
  [moment('close before 3')],
  ([strike]) => isAt(strike, 3) || (isAt(strike, 2) && strike.kind === 'moment' && strike.cut === 'after'),
  'close after 2',
);
test(
  'what needs its action keeps it; of moments in a row the first one stands for all',
  shrunk,
  [moment('reset within 4')],
  ([strike]) => strike.action === 'reset',
  'reset after 1',
);
test(
  'what any lost connection does is told of all that are open',
  shrunk,
  [moment('silence-then-close within 4')],
  () => true,
  'close all live connections',
);
test(
  'of two faults the one that matters',
  shrunk,
  [moment('close after 2'), moment('reset within 3')],
  strikes => strikes.some(strike => isAt(strike, 3)),
  'close after 3',
);
test(
  'two that are needed stay',
  shrunk,
  [moment('reset after 2'), moment('reset within 3')],
  ([first, second]) => isAt(first, 2) && second !== undefined && isAt(second, 3),
  'close after 2, then close after 3',
);
