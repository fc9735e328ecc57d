// What a run was tried with, in one line.
import test from 'ava';
import {closeAfter, type Fault, resetAfter, stall} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {serverKill, serverPause, serverStop} from '../../../src/model/server-fault.ts';
import {
  describeFault,
  describeFaults,
  describeLoad,
  describePlan,
} from '../../../src/report/blocks/faults.ts';
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

test('clients that come and go are told', t => {
  const load = {model: 'closed', concurrency: 3} as const;
  const one = '3 operations in flight at all times (closed model)';
  t.is(describeLoad(load), one);
  t.is(describeLoad({...load, clients: 'per-operation'}), `${one}, with a client for each operation`);
  t.is(describeLoad({...load, clients: {lifeMs: 500}}), `${one}, with a new client every 500 ms`);
});

test('how the last phase ends is told', t => {
  const phase = {...plan.phases[2]!, faults: [serverStop()]};
  const stopped = 'the server stopped in its own way, then started again';
  t.is(describeFaults({...phase, endsWith: 'close'}), `${stopped}; close() called at its end`);
  t.is(describeFaults({...phase, endsWith: 'sigterm'}), `${stopped}; SIGTERM sent at its end`);
});

const reads = test.macro({
  title: (_, _fault: Fault, text: string) => text,
  exec(t, fault: Fault, text: string) {
    t.is(describeFault(fault), text);
  },
});
test(
  reads,
  closeAfter({afterMs: 500, at: {exchange: 4, cut: 'after'}, firstN: 1}),
  'connection closed after 500 ms, server to client, after exchange 4, on the first 1 connection only',
);
test(reads, stall({direction: 'both'}), 'no response, connection left open, both ways');
test(
  reads,
  stall({direction: 'both', outlives: true}),
  'no response, connection left open, silent even after the fault, both ways',
);
test(
  reads,
  resetAfter({
    direction: 'upstream',
    at: {exchange: 2, cut: 'within', direction: 'downstream', since: 'fault'},
  }),
  'connection reset, client to server, within exchange 2 from the server since the fault began',
);
test(
  reads,
  closeAfter({at: {exchange: 0, cut: 'after'}}),
  'connection closed, server to client, right after the connect',
);
test(reads, serverStop(), 'the server stopped in its own way, then started again');
test(
  reads,
  serverKill({startAfterMs: 500, durationMs: 1}),
  'the server killed, then started again, from 500 ms on, for 1 ms',
);
test(
  reads,
  serverPause({durationMs: 300, everyMs: 1000}),
  'the server paused, its connections left open, for 300 ms out of every 1 s',
);
