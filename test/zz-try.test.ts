import test from 'ava';
import {runOnce} from './helpers/run-once.ts';

test('try', async t => {
  t.timeout(300_000);
  const ran = await runOnce(t, process.env['SC']!);
  for (const tr of ran.run.judgement.trials) {
    console.log(
      '#',
      tr.trialId,
      tr.verdict,
      tr.gates.map(g => g.name).join(),
      JSON.stringify(tr.phases.map(p => [p.started, p.outcomes.ok, p.attempts])),
    );
    for (const f of tr.findings) {
      if (f.verdict === 'present')
        console.log(
          '  P',
          f.symptom,
          f.phase,
          f.evidence
            .map(
              e => `${e.says} [${e.value}/${e.threshold} n=${e.count}] ${e.operations[0]} ${e.traces?.[0]}`,
            )
            .join('\n     '),
        );
      if (f.verdict === 'inconclusive') console.log('  ?', f.symptom, f.reason);
    }
  }
  t.pass();
});
