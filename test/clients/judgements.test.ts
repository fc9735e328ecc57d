// What is judged of each recorded run, to the letter: findings with their evidence, figures, goals, gates, diagnoses, headline.
// `UPDATE_GOLDEN=1 npx ava test/clients/judgements.test.ts` writes it anew, for a diff to be read.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Finding} from '../../src/model/finding.ts';
import type {JudgedRun, TrialJudgement} from '../../src/model/run.ts';
import {headlineOf} from '../../src/report/case-study/headline.ts';
import {runStory} from '../../src/report/case-study/run-story.ts';
import {redactRun} from '../../src/report/redact.ts';
import {readRecording, recordingNames, recordings} from '../helpers/recorded-run.ts';

const digits = 6;

/** Numbers as far as they are the same on every machine; texts of a histogram are not for reading. */
const line = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number') return Number(inner.toPrecision(digits));
    return typeof inner === 'string' && inner.startsWith('HISTF') ? `${inner.length} characters` : inner;
  });

const findingLines = ({findings}: TrialJudgement): string[] => {
  const of = (verdict: Finding['verdict']): readonly Finding[] =>
    findings.filter(finding => finding.verdict === verdict);
  const names = of('clear').map(({symptom}) => symptom);
  return [
    ...of('present').map(line),
    ...of('inconclusive').map(line),
    `clear: ${names.join(', ')}`,
    ...of('clear').flatMap(finding => ('compared' in finding ? [line(finding)] : [])),
  ];
};

const trialLines = (judged: TrialJudgement): string[] => {
  const {trialId, verdict, account, timeToRecoverMs, phases, goals, gates, diagnoses, conventions} = judged;
  return [
    `\n## ${trialId}: ${verdict}`,
    line({account, timeToRecoverMs}),
    ...phases.map(line),
    ...goals.map(line),
    ...findingLines(judged),
    ...gates.map(gate => `gate: ${line(gate)}`),
    ...diagnoses.map(diagnosis => `diagnosis: ${line(diagnosis)}`),
    ...(conventions ?? []).map(finding => `convention: ${line(finding)}`),
  ];
};

const judgementText = (run: JudgedRun): string => {
  const {verdict, candidate, gates, trials} = run.judgement;
  return [
    `# ${headlineOf(runStory(redactRun(run)))}`,
    line({verdict, candidate}),
    ...gates.map(gate => `gate: ${line(gate)}`),
    ...trials.flatMap(trialLines),
    '',
  ].join('\n');
};

const isJudgedAsBefore = test.macro({
  title: (_title, name: string) => name,
  async exec(t, name: string) {
    const {run} = await readRecording(name);
    const text = judgementText(run);
    const golden = join(recordings, `${name}.judgement.txt`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    t.is(
      text,
      readFileSync(golden, 'utf8'),
      'UPDATE_GOLDEN=1 npx ava test/clients/judgements.test.ts rewrites it',
    );
  },
});

for (const name of recordingNames()) test.serial(isJudgedAsBefore, name);
