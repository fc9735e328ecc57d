// HTTP faults through the whole harness, where only the injector can see the requests: inside of TLS, and of HTTP/2.
import test from 'ava';
import type {Trial} from '../../src/model/trial.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const actionsOf = (ran: RunOnce, phase: string): number | null => {
  const {phases} = ran.trial('defaults').judgement;
  return phases.find(summary => summary.phase === phase)?.faults[0]?.actions ?? null;
};

const codesOf = ({driver}: Trial): readonly string[] => driver.failures.map(({error}) => String(error.code));

test('inside of TLS: requests are hit on connections that were open before, and a fault of HTTP/2 says why it is not', async t => {
  const ran = await runOnce(t, 'http-inside-tls');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.true(actionsOf(ran, 'unavailable')! > 3);
  t.true(actionsOf(ran, 'reply-lost')! > 1);
  t.true(codesOf(trial).includes('HTTP_503'), codesOf(trial).join());
  t.true(codesOf(trial).includes('ECONNRESET'), codesOf(trial).join());
  t.deepEqual(
    judgement.gates.map(({reason}) => reason.replace(/\(\d+\)/, '(n)')),
    ['The fault goAway of phase gone-away hit nothing because its connections spoke HTTP/1 (n).'],
  );
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

test('gRPC: calls are hit, each with its operation', async t => {
  const ran = await runOnce(t, 'grpc-faults');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(judgement.gates, []);
  t.true(actionsOf(ran, 'unavailable')! > 3);
  t.true(actionsOf(ran, 'reset')! > 3);
  t.deepEqual([...new Set(codesOf(trial))].toSorted(), ['13', '14']);
  const hits = trial.injectorLog?.hits ?? [];
  t.true(hits.length > 6);
  for (const {path, stream, operationId} of hits) {
    t.is(path, '/things.Things/Echo');
    t.true((stream ?? 0) % 2 === 1);
    t.regex(String(operationId), /^defaults-1-\d+$/);
  }
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
