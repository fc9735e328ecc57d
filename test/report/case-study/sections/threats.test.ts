// What the report says of who else was there.

import test from 'ava';
import type {PhaseRole} from '../../../../src/model/choices.ts';
import type {Gate} from '../../../../src/model/run.ts';
import {renderReport} from '../../../../src/report/report.ts';
import {judgedRun} from '../../../helpers/judged-run.ts';
import {reportText} from '../../../helpers/report-text.ts';

test('code of another copy that ran in the place of a package is told, once for each variant', t => {
  const run = judgedRun();
  const standIns = [{package: 'undici', version: '8.4.1', by: 'Node.js v24.0.0 (undici 7.1.0)'}];
  const trials = run.trials.map(trial => ({...trial, standIns}));
  const report = reportText(renderReport({...run, trials}));
  const lines = report
    .split('\n')
    .filter(line => line.includes('Not all code of `undici 8.4.1` was under test'));
  t.is(lines.length, run.record.plan.variants.length);
  t.regex(lines[0]!, /ran Node\.js v24\.0\.0 \(undici 7\.1\.0\), which was loaded first\.$/);
  t.notRegex(reportText(renderReport(run)), /Not all code/);
});

test('an instrumentation that patched nothing is told', t => {
  const run = judgedRun();
  const unapplied = [{instrumentation: 'of-a 1.0.0', package: 'a', version: '6.0.0', supports: '2 - 5'}];
  const report = reportText(renderReport({...run, trials: run.trials.map(trial => ({...trial, unapplied}))}));
  t.regex(
    report,
    /`of-a 1\.0\.0` patched nothing in `a 6\.0\.0` in `.*`, although it is registered \(it supports 2 - 5\)/,
  );
});

test('messages by process.send that are not ours are told', t => {
  const run = judgedRun();
  const foreignMessages = [{process: 'target', count: 1200}] as const;
  const trials = run.trials.map((trial, index) => (index === 0 ? {...trial, foreignMessages} : trial));
  const report = reportText(renderReport({...run, trials}));
  t.regex(
    report,
    /Code in the process of the scenario's target \(.*, trial 1\) sent 1,200 messages with `process\.send`/,
  );
});

test('a first operation that never settled is told', t => {
  const run = judgedRun();
  const told = (settledMs: number | null): string => {
    const firstUnsettled = {afterMs: 500, settledMs};
    const trials = run.trials.map((trial, index) => (index === 0 ? {...trial, firstUnsettled} : trial));
    return reportText(renderReport({...run, trials}));
  };
  t.regex(
    told(null),
    /tried before the load \(.*, trial 1\) had not settled after 500.ms, and never did\. It is not counted, and what it holds cannot be distinguished/,
  );
  t.regex(
    told(900),
    /had not settled after 500.ms, and did so 900.ms into the trial\. It is not counted\.\n/,
  );
  t.notRegex(reportText(renderReport(run)), /tried on a calm network/);
});

const dropping = (role: PhaseRole, dropped: number, gates: readonly Gate[] = []): string => {
  const run = judgedRun();
  const [first, ...rest] = run.judgement.trials;
  const phases = first!.phases.map(phase =>
    phase.role === role ? {...phase, offered: 1000, started: 1000 - dropped, dropped} : phase,
  );
  const trials = [{...first!, phases, gates}, ...rest];
  return reportText(renderReport({...run, judgement: {...run.judgement, trials}}));
};

for (const role of ['fault', 'recovery', 'baseline'] as const) {
  test(`most of the load dropped in a ${role} phase is told`, t => {
    t.regex(
      dropping(role, 501),
      /^- In phase \S+ \(.*, trial 1\) 501 of 1,000 operations \(50.1%\) were not started, .* about the other 499\.$/m,
    );
    t.notRegex(dropping(role, 500), /were not started/);
  });
}

test('it is not told of a warm-up, nor where the gate has said so', t => {
  t.notRegex(dropping('warm-up', 900), /were not started/);
  const gate = {name: 'load-dropped', reason: 'In phase baseline, 900 were dropped.', advice: 'Less.'};
  t.notRegex(dropping('baseline', 900, [gate]), /were not started, because/);
});
