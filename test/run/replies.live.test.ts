// Errors that a real server would say, through the whole harness: they hit the connection that the client has kept.
import test from 'ava';
import {runOnce} from '../helpers/run-once.ts';

test("a server's own errors hit by command, and are told with the operation", async t => {
  t.timeout(90_000);
  const ran = await runOnce(t, 'replies', {startServices: true});
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(judgement.gates, []);
  const of = (phase: string) => judgement.phases.find(summary => summary.phase === phase)!;
  t.is(of('baseline').outcomes.failed, 0);
  const [readOnly] = of('read-only').faults;
  t.true(readOnly!.actions! > 5);
  const {ok, failed, unknown} = of('read-only').outcomes;
  t.true(ok > 0 && failed + unknown > 0, 'every second one');
  const loading = of('loading').outcomes;
  t.true(
    loading.failed + loading.unknown > 10 && loading.ok <= 2,
    'all but those that begin while the faults change',
  );
  t.true(of('recovery').outcomes.ok > 10);
  t.is(trial.injector.at(-1)!.witness.openedConnections, 1, 'no new connection was needed');
  const hits = trial.injectorLog!.hits.filter(({toxic}) => toxic.startsWith('read-only'));
  t.true(hits.length > 5);
  for (const {method, path, operationId, protocol} of hits) {
    t.deepEqual([method, protocol], ['SET', 'redis']);
    t.is(path, `op:${operationId}`);
    t.regex(operationId!, /^defaults-1-\d+$/);
  }
});
