// Errors that a real server would say, through the whole harness: they hit the connection that the client has kept.
import test from 'ava';
import {otherGates} from '../helpers/machine-doubt.ts';
import {runOnce} from '../helpers/run-once.ts';

test("a server's own errors hit by command, and are told with the operation", async t => {
  t.timeout(90_000);
  const ran = await runOnce(t, 'replies', {startServices: true});
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(otherGates(t, judgement.gates), []);
  const of = (phase: string) => judgement.phases.find(summary => summary.phase === phase)!;
  t.is(of('baseline').outcomes.failed, 0);
  const [readOnly] = of('read-only').faults;
  // Of every second; some begin while the faults change.
  t.true(readOnly!.actions! > of('read-only').started / 4);
  const {ok, failed, unknown} = of('read-only').outcomes;
  t.true(ok > 0 && failed + unknown > 0, 'every second one');
  const loading = of('loading').outcomes;
  // All but those that begin while the faults change.
  t.true(loading.ok < loading.failed + loading.unknown, JSON.stringify(loading));
  t.true(of('recovery').outcomes.ok > of('recovery').started / 2);
  t.is(trial.injector.at(-1)!.witness.openedConnections, 1, 'no new connection was needed');
  const hits = trial.injectorLog!.hits.filter(({toxic}) => toxic.startsWith('read-only'));
  t.true(hits.length > 0);
  for (const {method, path, operationId, protocol} of hits) {
    t.deepEqual([method, protocol], ['SET', 'redis']);
    t.is(path, `op:${operationId}`);
    t.regex(operationId!, /^defaults-1-\d+$/);
  }
});
