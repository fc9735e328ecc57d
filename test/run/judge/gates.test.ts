// What keeps a trial from being judged: dice that fell otherwise than asked, a machine that is too busy.
import test from 'ava';
import type {FaultSummary} from '../../../src/model/run.ts';
import {checkGates} from '../../../src/run/judge/gates.ts';
import {summarisePhases} from '../../../src/run/judge/summarise.ts';
import {trialOf} from '../../helpers/run-journal.ts';

const gatesOf = (dice: Partial<FaultSummary>) => {
  const trial = trialOf();
  const phases = summarisePhases(trial).map(phase => ({
    ...phase,
    faults: phase.faults.map(fault => ({...fault, ...dice})),
  }));
  return checkGates(trial, phases);
};

for (const [title, dice, isOff] of [
  ['all of all is what was asked', {askedRatio: 1, decisions: 2, applied: 2}, false],
  ['one miss of all is off', {askedRatio: 1, decisions: 1000, applied: 999}, true],
  ['a rate inside of its interval is right', {askedRatio: 0.2, decisions: 100, applied: 28}, false],
  ['a rate above its interval is off', {askedRatio: 0.2, decisions: 100, applied: 40}, true],
  ['a rate below its interval is off', {askedRatio: 0.2, decisions: 100, applied: 8}, true],
  ['few rolls prove little', {askedRatio: 0.2, decisions: 2, applied: 2}, false],
  ['no rolls prove nothing', {askedRatio: 0.2, decisions: 0, applied: 0}, false],
  ['without dice there is no rate', {askedRatio: null, decisions: null, applied: null}, false],
  ['an injector that does not count is trusted', {askedRatio: 0.2, decisions: null, applied: null}, false],
] as const) {
  test(title, t => {
    t.deepEqual(
      gatesOf(dice).map(({name}) => name),
      isOff ? ['fault-rate-off'] : [],
    );
  });
}

test('the gate tells the numbers', t => {
  const [gate] = gatesOf({askedRatio: 0.2, decisions: 100, applied: 40});
  t.is(
    gate?.reason,
    'The fault latency of phase slow was asked to hit 20 % and hit 40 of 100, which tells of 27.6 % to 53.4 % (99 % interval).',
  );
});

for (const [title, started, startLagP99Ms, isSaturated] of [
  ['starts that are in time', 300, 100, false],
  ['starts that are late on a calm network', 300, 101, true],
  ['too few starts to tell', 299, 101, false],
  ['no starts at all', 0, null, false],
] as const) {
  test(title, t => {
    const trial = trialOf();
    const phases = summarisePhases(trial).map(phase => ({...phase, started, startLagP99Ms}));
    const names = checkGates(trial, phases).map(({name}) => name);
    t.deepEqual(names, isSaturated ? ['machine-saturated'] : []);
  });
}
