// A library in Python: hung before, and fixed after.
import {runOnce} from '../helpers/run-once.ts';
import {testWith} from '../helpers/toolchains.ts';

testWith('Python 3.9 or newer')("Python's http.client hangs by default, and not with a timeout", async t => {
  const ran = await runOnce(t, 'program-python');
  const hung = (variant: string) =>
    ran.trial(variant).judgement.findings.find(({symptom}) => symptom === 'hung-operation');
  t.like(hung('defaults'), {verdict: 'present', phase: 'stall'});
  t.is(hung('bounded')?.verdict, 'clear');
  for (const variant of ['defaults', 'bounded']) {
    const {trial, judgement} = ran.trial(variant);
    t.regex(trial.runtime ?? '', /^CPython 3\./);
    t.like(trial.end, {kind: 'completed', close: 'resolved'});
    t.true(
      trial.system.some(({threadCount}) => (threadCount ?? 0) > 2),
      'its threads are counted',
    );
    const baseline = judgement.phases.find(({phase}) => phase === 'baseline');
    t.true((baseline?.cpuUsPerOperation ?? 0) > 0, 'its CPU time is known');
    t.is(baseline?.outcomes.ok, baseline?.started);
  }
  const {driver} = ran.trial('bounded').trial;
  const late = driver.failures.find(({error}) => error.name === 'TimeoutError' || error.name === 'timeout');
  t.truthy(late, JSON.stringify(driver.failures));
  t.regex(late!.error.stack.join('\n'), /perform \(.*threads\.py:\d+\)/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
