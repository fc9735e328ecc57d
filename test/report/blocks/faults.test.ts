// What a run was tried with, in one line.
import test from 'ava';
import type {Plan} from '../../../src/model/plan.ts';
import {describePlan} from '../../../src/report/blocks/faults.ts';
import {trialWith} from '../../helpers/trial-believable.ts';

const {plan} = trialWith();
const promisedBy = (operation: Partial<Plan['operation']>, variant: Partial<Plan['variants'][0]>): string => {
  const [first, second] = plan.variants;
  const variants = [first, {...second!, ...variant}] as const;
  const told = describePlan({...plan, operation: {...plan.operation, ...operation}, variants});
  return told.slice(told.indexOf('idempotent.') + 'idempotent.'.length);
};

test('what is promised to the consumer is told, and of which variant', t => {
  t.is(promisedBy({}, {}), '');
  t.is(
    promisedBy({deliveries: 'at-least-once'}, {}),
    ' Delivery promised for acknowledged messages: at least once.',
  );
  t.is(
    promisedBy({}, {deliveries: 'exactly-once'}),
    ' Delivery promised for acknowledged messages: exactly once with small.',
  );
  t.is(
    promisedBy({deliveries: 'at-most-once'}, {deliveries: 'exactly-once'}),
    ' Delivery promised for acknowledged messages: at most once with defaults, and exactly once with small.',
  );
});
