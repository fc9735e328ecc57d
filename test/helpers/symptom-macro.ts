// One row: a trial, a symptom, and what its detector answers, with its value or its reason.
import test from 'ava';
import type {Comparison, Evidence, Finding, SymptomId} from '../../src/model/finding.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {type TrialChanges, trialWith} from './trial-believable.ts';

export type Answered = Finding['verdict'] | {readonly value: number; readonly phase?: string} | RegExp;

const witnesses: readonly Evidence['witness'][] = [
  'driver',
  'telemetry',
  'injector',
  'target',
  'system',
  'profile',
];
const units: readonly Evidence['unit'][] = ['count', 'ms', 'bytes', 'share', 'ratio'];

/** A pattern is for the reason of an inconclusive finding. */
export const answers = test.macro({
  title: (title, symptom: SymptomId) => `${symptom}: ${title}`,
  exec(t, symptom: SymptomId, changes: TrialChanges, expected: Answered) {
    const finding = detectOne(symptom, trialWith(changes));
    t.is(finding.symptom, symptom);
    if (typeof expected === 'string') {
      t.is(finding.verdict, expected, JSON.stringify(finding));
    } else if (expected instanceof RegExp) {
      t.regex(finding.verdict === 'inconclusive' ? finding.reason : JSON.stringify(finding), expected);
      t.is(finding.verdict, 'inconclusive');
    } else if (finding.verdict === 'present') {
      t.true(Math.abs(finding.evidence[0].value - expected.value) < 0.01, `${finding.evidence[0].value}`);
      if (expected.phase !== undefined) t.is(finding.phase, expected.phase);
      t.true(finding.severity === 'warn' || finding.severity === 'fail');
      for (const {witness, unit, statement} of finding.evidence) {
        t.true(witnesses.includes(witness), witness);
        t.true(units.includes(unit), unit);
        t.regex(statement, /^[^ ].*\.$/);
      }
    } else {
      t.fail(JSON.stringify(finding));
    }
  },
});

/** The figures of a statement, without its words: these are for people, and may change. */
export const figuresIn = (text: string): string => {
  const figures = text.replace(/(?<=\d),(?=\d{3})/g, '').match(/\d+(?:\.\d+)?/g) ?? [];
  return text === '' ? 'not a word' : figures.join(' ');
};

const joined = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('; ');

type Shown = Partial<Pick<Evidence, 'operations' | 'traces' | 'connections' | 'files'>>;

/** Traces by what follows on the trial's prefix. */
const indexOf = (traceId: string): string => `trace ${traceId.slice(16).replace(/^0+/, '')}`;

const examplesIn = ({operations = [], traces = [], connections = [], files = []}: Shown): string =>
  [...operations, ...traces.map(indexOf), ...connections.map(id => `#${id}`), ...files].join(' ');

const evidenceLine = (evidence: Evidence): string => {
  const {phase, witness, statement, value, threshold, unit, count} = evidence;
  const measured = `${phase}: ${witness} ${Number(value.toFixed(4))} > ${threshold} ${unit} of ${count}`;
  return joined(measured, figuresIn(statement), examplesIn(evidence));
};

const comparedLine = (comparison: Comparison): string => {
  const {what, count, differingCount} = comparison;
  return joined(`compared ${count}, ${differingCount} differ`, figuresIn(what), examplesIn(comparison));
};

const linesOf = (finding: Finding): readonly string[] => {
  const compared = 'compared' in finding ? (finding.compared ?? []).map(comparedLine) : [];
  switch (finding.verdict) {
    case 'inconclusive':
      return [joined('inconclusive', figuresIn(finding.reason))];
    case 'clear':
      return ['clear', ...compared];
    case 'present':
      return [`${finding.severity} ${finding.phase}`, ...finding.evidence.map(evidenceLine), ...compared];
  }
};

/** One row: all that a finding says but for its words: how grave it is, each piece of evidence in its order, and what was compared. */
export const tells = test.macro({
  title: (title, symptom: SymptomId) => `${symptom} tells ${title}`,
  exec(t, symptom: SymptomId, changes: TrialChanges, expected: readonly string[]) {
    t.deepEqual(linesOf(detectOne(symptom, trialWith(changes))), expected);
  },
});
