// Which phases a fresh subject is driven through.
import test from 'ava';
import {phasesLeft, withPhases} from '../../src/model/fresh-start.ts';
import {quick} from '../../src/scenarios/storms/quick.ts';
import {trialWith} from '../helpers/trial-believable.ts';

const {phases} = quick;
const at = (name: string): number => phases.findIndex(phase => phase.name === name);
const left = (name: string): string[] | null =>
  phasesLeft(phases, at(name))?.map(index => phases[index]!.name) ?? null;

test('what comes before the faults once more, and all from the next fault on', t => {
  t.deepEqual(left('after-stall'), ['warm-up', 'baseline', 'reset', 'after-reset', 'refused', 'recovery']);
  t.deepEqual(left('stall'), left('after-stall'), 'nobody is there to recover');
});

test('nothing is left after the last fault', t => {
  t.is(left('refused'), null);
  t.is(left('recovery'), null);
});

test('what ends before any fault is not tried again', t => {
  t.is(left('baseline'), null);
});

test('where recoveries are not prolonged, faults build on each other', t => {
  const fixed = phases.map(({prolongedToMs: _, ...phase}) => phase);
  t.is(phasesLeft(fixed, at('after-stall')), null);
});

test('a plan with some of its phases is otherwise the same', t => {
  const {plan} = trialWith();
  t.deepEqual(withPhases(plan, [0, 3]), {...plan, phases: [plan.phases[0], plan.phases[3]!]});
});
