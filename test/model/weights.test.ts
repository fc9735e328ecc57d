// Symptoms are told in the order of what they do to those who use a library.
import test from 'ava';
import {byWeight, type SymptomId, symptomIds} from '../../src/model/symptoms.ts';

test('crash, untrue, wedged or orphaned, hung, late, wasteful', t => {
  const groups: readonly SymptomId[][] = [
    ['process-crash', 'out-of-memory'],
    ['lost-acknowledged', 'duplicate-effect', 'crossed-response', 'truncation-accepted'],
    ['wedged-client', 'orphaned-operation'],
    ['hung-operation'],
    ['deadline-overrun', 'slow-recovery'],
    ['retry-amplification', 'connection-leak', 'hidden-attempts'],
  ];
  const sorted = [...symptomIds].sort(byWeight);
  for (const [index, group] of groups.entries()) {
    for (const later of groups.slice(index + 1).flat()) {
      for (const symptom of group)
        t.true(sorted.indexOf(symptom) < sorted.indexOf(later), `${symptom}, ${later}`);
    }
  }
});
