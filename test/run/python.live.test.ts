// A library in Python: hung before, and fixed after.
import {isClear} from '../helpers/machine-doubt.ts';
import {runOnce} from '../helpers/run-once.ts';
import {testWith} from '../helpers/toolchains.ts';

testWith('Python 3.9 or newer')("Python's http.client hangs by default, and not with a timeout", async t => {
  const ran = await runOnce(t, 'program-python');
  const hung = ran.trial('defaults').judgement.findings.find(({symptom}) => symptom === 'hung-operation');
  t.like(hung, {verdict: 'present', phase: 'stall'});
  isClear(t, ran.trial('bounded').judgement, 'hung-operation');
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
    // What is under way when the machine stands still for longer than the time limit fails.
    t.true(baseline!.successRatio! > 0.5);
  }
  const {driver} = ran.trial('bounded').trial;
  const late = driver.failures.find(({error}) => error.name === 'TimeoutError' || error.name === 'timeout');
  t.truthy(late, JSON.stringify(driver.failures));
  t.regex(late!.error.stack.join('\n'), /perform \(.*threads\.py:\d+\)/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
