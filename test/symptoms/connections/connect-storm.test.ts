// Connects while a fault lasts, from 5000 to 9000 ms: 400 operations explain 1200 of them.
import test from 'ava';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
import {
  connectionsAt,
  fault,
  presentOf,
  resourcesOf,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';

const id = 'connect-storm';

const connecting = (connectCount: number | null, accepted = 0, slots = 2): TrialChanges => ({
  injector: [
    connectionsAt(500, 0),
    connectionsAt(4900, slots, slots),
    connectionsAt(8900, slots, slots + accepted),
  ],
  phaseResources: [resourcesOf(fault, connectCount === null ? {} : {connectCount})],
});

test('as many as the operations explain', answers, id, connecting(1200), 'clear');
test('ten a second for each of two', answers, id, connecting(1280), 'clear');
test('more', answers, id, connecting(1288), {value: 11, phase: 'stall'});
test('for each of twenty that had been open', answers, id, connecting(1288, 0, 20), 'clear');
test('those of a child process, at the injector', answers, id, connecting(0, 1600), {value: 50});
test('refused ones were not counted', answers, id, connecting(null), /^refused connects were not counted/);
test('they were not, and the others are enough', answers, id, connecting(null, 1600), {value: 50});
test(
  'slots are not known',
  answers,
  id,
  {phaseResources: connecting(9000).phaseResources!},
  /does not count connections/,
);
test(
  'a short fault',
  answers,
  id,
  {...connecting(9000), plan: {thresholds: {[id]: {shortestMs: 4001}}}},
  /no fault lasted/,
);
test(
  'the phase was cut short by a crash, so that the process did not tell',
  answers,
  id,
  {...connecting(1200), phaseResources: []},
  /^refused connects were not counted/,
);

test('it says how many, for how many operations', t => {
  const {severity, evidence} = presentOf(detectOne(id, trialWith(connecting(2000))));
  t.is(severity, 'warn');
  t.is(
    evidence[0].statement,
    '2,000 connects for 400 operations in the 4.0 s of phase stall, where 2 open connections had been enough: 100.0 per second and connection, beyond 3 per operation.',
  );
});
