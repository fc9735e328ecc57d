// HTTP faults through the whole harness, where only the injector can see the requests: inside of TLS, and of HTTP/2.
import test from 'ava';
import type {Trial} from '../../src/model/trial.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

/** The share of the operations of a phase that its fault acted on. */
const shareHit = (ran: RunOnce, phase: string): number => {
  const {started, faults} = ran.trial('defaults').judgement.phases.find(summary => summary.phase === phase)!;
  return (faults[0]?.actions ?? 0) / started;
};

const codesOf = ({driver}: Trial): readonly string[] => driver.failures.map(({error}) => String(error.code));

test('inside of TLS: requests are hit on connections that were open before, and a fault of HTTP/2 says why it is not', async t => {
  const ran = await runOnce(t, 'http-inside-tls');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  // Of every second, and of every fifth; some begin while the faults change.
  t.true(shareHit(ran, 'unavailable') > 0.25);
  t.true(shareHit(ran, 'reply-lost') > 0.05);
  t.true(codesOf(trial).includes('HTTP_503'), codesOf(trial).join());
  t.true(codesOf(trial).includes('ECONNRESET'), codesOf(trial).join());
  t.deepEqual(
    otherGates(t, judgement.gates).map(({reason}) => reason.replace(/\(\d+\)/, '(n)')),
    ['The fault goAway of phase gone-away hit nothing because its connections spoke HTTP/1 (n).'],
  );
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

test('gRPC: calls are hit, each with its operation', async t => {
  const ran = await runOnce(t, 'grpc-faults');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(otherGates(t, judgement.gates), []);
  t.true(shareHit(ran, 'unavailable') > 0.25);
  t.true(shareHit(ran, 'reset') > 0.25);
  t.deepEqual([...new Set(codesOf(trial))].toSorted(), ['13', '14']);
  const hits = trial.injectorLog?.hits ?? [];
  t.true(hits.length > 0);
  for (const {path, stream, operationId} of hits) {
    t.is(path, '/things.Things/Echo');
    t.true((stream ?? 0) % 2 === 1);
    t.regex(String(operationId), /^defaults-1-\d+$/);
  }
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
