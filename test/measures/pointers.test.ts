// Where the operations of a finding can be looked up.
import test from 'ava';
import {withPointers} from '../../src/measures/pointers.ts';
import type {Evidence, Finding} from '../../src/model/finding.ts';
import {booksOf, fault, presentOf, trialWith} from '../helpers/trial-believable.ts';

const findingOf = (evidence: Partial<Evidence>): Finding => ({
  symptom: 'retry-amplification',
  verdict: 'present',
  severity: 'warn',
  phase: 'stall',
  evidence: [
    {
      phase: 'stall',
      witness: 'target',
      statement: '',
      value: 2,
      threshold: 1,
      unit: 'ratio',
      count: 1,
      operations: [],
      ...evidence,
    },
  ],
});

const trial = trialWith({
  ...booksOf([
    {phase: fault, attempts: 2, effects: 1},
    {phase: fault, attempts: 1},
  ]),
  injectorLog: {
    connections: [],
    connectionsLeftOut: 0,
    hits: [3, 3, 7].map(connection => ({
      toxic: 'abort',
      connection,
      request: 1,
      method: 'GET',
      path: '/',
      operationId: 'defaults-1-0',
      atMs: 0,
      action: 'response-abort',
      bodyBytes: null,
    })),
    hitsLeftOut: 0,
  },
});

const pointersOf = (evidence: Partial<Evidence>): Pick<Evidence, 'ledger' | 'connections'> => {
  const [{ledger, connections}] = presentOf(withPointers(trial, findingOf(evidence))).evidence;
  return {...(ledger && {ledger}), ...(connections && {connections})};
};

test('an operation is looked up in the ledger, and on the connections on which a fault hit it', t => {
  t.deepEqual(pointersOf({operations: ['defaults-1-0', 'defaults-1-1', 'another-1-0']}), {
    ledger: [
      {operation: 'defaults-1-0', attempts: 2, effects: 1},
      {operation: 'defaults-1-1', attempts: 1, effects: 0},
    ],
    connections: [3, 7],
  });
});

test('the ledger bears out what the target says only', t => {
  t.deepEqual(pointersOf({witness: 'driver', operations: ['defaults-1-1']}), {});
});

test('without operations there is nothing to look up, and what a detector knows stays', t => {
  t.deepEqual(pointersOf({}), {});
  t.deepEqual(pointersOf({operations: ['defaults-1-0'], connections: [1], witness: 'driver'}), {
    connections: [1],
  });
});
