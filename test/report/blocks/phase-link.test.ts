// Which phases the investigation tells of, and what leads to them.

import test from 'ava';
import type {Diagnosis} from '../../../src/model/diagnosis.ts';
import type {PresentFinding} from '../../../src/model/finding.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';

const idle = (phase: string): PresentFinding => ({
  symptom: 'under-utilised',
  verdict: 'present',
  severity: 'warn',
  phase,
  evidence: [
    {
      witness: 'target',
      phase,
      statement: 'Others waited in the client.',
      value: 0.9,
      threshold: 0.5,
      unit: 'share',
      count: 800,
      operations: [],
    },
  ],
});

const reportWith = (findings: readonly PresentFinding[], diagnoses: readonly Diagnosis[] = []): string => {
  const run = judgedRun();
  const trials = run.judgement.trials.map(trial =>
    trial.variant === 'defaults'
      ? {...trial, findings: [...trial.findings, ...findings], diagnoses: [...diagnoses, ...trial.diagnoses]}
      : trial,
  );
  return reportText(renderReport({...run, judgement: {...run.judgement, trials}}));
};

test('of a calm phase the witnesses are told where something was found in it, and the finding leads there', t => {
  const report = reportWith([idle('baseline')]);
  t.regex(report, /<a id="phase-2"><\/a>\n\n### baseline: no fault \(4.s\)/);
  t.true(report.includes('[baseline](#phase-2)'));
});

test('a calm phase in which nothing was found is left out, and nothing leads to it', t => {
  const report = reportWith([]);
  t.false(report.includes('### baseline: no fault'));
  t.false(report.includes('#phase-2'));
});

test('a warm-up is not told, whatever was found in it', t => {
  t.false(reportWith([idle('warm-up')]).includes('### warm-up'));
});

test('the process is looked into in the phase of the picture that is drawn of it, and the phase leads there', t => {
  const diagnosis: Diagnosis = {
    diagnosis: 'low-utilisation',
    phase: 'baseline',
    symptoms: ['under-utilised'],
    statement: 'Others waited in the client.',
  };
  const report = reportWith([idle('baseline')], [diagnosis]);
  t.true(report.includes('### The process in baseline'));
  const told = report.slice(report.indexOf('### baseline: no fault'), report.indexOf('### latency:'));
  t.regex(told, /More on this phase: \[The process\]\(#process\)/);
  t.true(reportWith([idle('baseline')]).includes('### The process in stall'));
});
