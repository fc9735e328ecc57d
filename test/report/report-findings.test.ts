// What the report says of a finding: each piece of evidence with its phase and where to look it up, and why it is usually so.

import test from 'ava';
import type {Evidence, Finding} from '../../src/model/finding.ts';
import type {JudgedRun} from '../../src/model/run.ts';
import {symptoms} from '../../src/model/symptoms.ts';
import {runStory} from '../../src/report/case-study/run-story.ts';
import {resultOf} from '../../src/report/formats/result.ts';
import {redactRun} from '../../src/report/redact.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgedRun} from '../helpers/judged-run.ts';
import {reportText} from '../helpers/report-text.ts';

const evidence = (changes: Partial<Evidence>): Evidence => ({
  phase: 'stall',
  witness: 'target',
  statement: 'It was so.',
  value: 3,
  threshold: 1.1,
  unit: 'ratio',
  count: 600,
  operations: [],
  ...changes,
});

const finding: Finding = {
  symptom: 'retry-amplification',
  verdict: 'present',
  severity: 'warn',
  phase: 'stall',
  evidence: [
    evidence({
      operations: ['a-1-7'],
      ledger: [{operation: 'a-1-7', attempts: 3, effects: 1}],
      connections: [4, 12],
    }),
    evidence({phase: 'reset', files: ['trials/a-1/profiles/2.cpuprofile']}),
    evidence({phase: 'reset', connections: [9]}),
  ],
};

const run: JudgedRun = (() => {
  const {judgement, ...rest} = judgedRun({oneVariant: true});
  const trials = judgement.trials.map(trial => ({...trial, findings: [finding]}));
  return {...rest, judgement: {...judgement, trials}};
})();

const rowsOf = (markdown: string): string[] =>
  markdown.split('\n').filter(line => line.startsWith('| ') && line.includes('It was so.'));

test('each piece of evidence says of which phase it is, and where it can be looked up', t => {
  const rows = rowsOf(renderReport(run).files['details.md']!);
  t.is(rows.length, 3);
  t.regex(rows[0]!, /\[stall\]\(#phase-\d\)/);
  t.regex(rows[0]!, /In the ledger: `a-1-7` 3 attempts, 1 effect\. At the injector: connections 4, 12\./);
  t.regex(rows[1]!, /\[reset\]\(#phase-\d\)/);
  t.regex(rows[1]!, /See `trials\/a-1\/profiles\/2\.cpuprofile`\./);
  // The same phase is not said twice.
  t.notRegex(rows[2]!, /\[reset\]/);
  t.regex(rows[2]!, /At the injector: connection 9\./);
});

test('usual cause, usual remedy and their source are in the report, on the page and in the result', t => {
  const {cause, remedy, source} = symptoms['retry-amplification'];
  const {files} = renderReport(run);
  t.true(reportText({files}).includes(`[${source.title}](<${source.url}>)`));
  t.true(reportText({files}).replaceAll('\u00A0', ' ').includes(`${cause} Fix: ${remedy}`));
  t.true(files['report.html']!.includes(`<a href="${source.url}" rel="noreferrer">${source.title}</a>`));
  t.deepEqual(resultOf(runStory(redactRun(run))).symptoms, {
    'retry-amplification': {summary: symptoms['retry-amplification'].summary, cause, remedy, source},
  });
});
