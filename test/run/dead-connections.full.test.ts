// Connections that stay dead when the fault is over, while new ones work.
import test from 'ava';
import {isClear} from '../helpers/machine-doubt.ts';
import {runOnce} from '../helpers/run-once.ts';

test('what the fault has silenced stays so: a client that keeps it is wedged, and one that drops it is not', async t => {
  t.timeout(120_000);
  const ran = await runOnce(t, 'dead-connections', {limits: {lingerMs: 2000}});
  const seen = (variant: string) => {
    const {trial, judgement} = ran.trial(variant);
    t.is(trial.end.kind, 'completed');
    t.deepEqual(
      judgement.gates.filter(({name}) => name.startsWith('fault-')),
      [],
    );
    const wedged = judgement.findings.find(({symptom}) => symptom === 'wedged-client');
    const back = judgement.phases.find(({phase}) => phase === 'back');
    return {judgement, wedged, ok: back?.outcomes.ok ?? 0, started: back?.started ?? 0};
  };
  const keeping = seen('keeping');
  t.like(keeping.wedged, {verdict: 'present', phase: 'restart'});
  t.is(keeping.ok, 0);
  const dropping = seen('dropping');
  isClear(t, dropping.judgement, 'wedged-client');
  t.true(dropping.ok > dropping.started / 2);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
