// The table of what telemetry was held against: also of what is clear, summed over trials.
import test from 'ava';
import type {Finding} from '../../../src/model/finding.ts';
import {fidelityBlocks} from '../../../src/report/blocks/fidelity.ts';
import type {RunStory} from '../../../src/report/case-study/run-story.ts';
import {plainText} from '../../../src/report/document.ts';

const compared = (count: number, differingCount: number, operation?: string) => ({
  what: 'attempts and their spans',
  count,
  differingCount,
  operations: operation === undefined ? [] : [operation],
  traces: operation === undefined ? [] : ['ab'],
});

const storyOf = (findings: readonly Finding[], backgroundSpanCount = 0): RunStory =>
  ({
    variants: [
      {
        variant: {name: 'defaults'},
        trials: findings.map(finding => ({
          trial: {telemetry: {backgroundSpanCount}},
          judgement: {findings: [finding]},
        })),
        symptoms: [
          {
            symptom: findings[0]!.symptom,
            verdict: findings[0]!.verdict,
            reasons: ['it is gone'],
            present: [],
          },
        ],
      },
    ],
  }) as unknown as RunStory;

const rowsOf = (findings: readonly Finding[]): string[][] => {
  const block = fidelityBlocks(storyOf(findings)).find(({kind}) => kind === 'table');
  return block?.kind === 'table' ? block.rows.map(cells => cells.map(plainText)) : [];
};

test('what is clear has its counts too, over all trials, and the first example there is', t => {
  const symptom = 'hidden-attempts';
  t.deepEqual(
    rowsOf([
      {symptom, verdict: 'clear', compared: [compared(1000, 0)]},
      {symptom, verdict: 'clear', compared: [compared(500, 2, 'defaults-2-7')]},
    ]),
    [['hidden-attempts', 'clear', 'attempts and their spans', '1,500', '2', 'defaults-2-7, trace ab']],
  );
});

test('where nothing could be compared there is no table', t => {
  t.deepEqual(rowsOf([{symptom: 'hidden-attempts', verdict: 'inconclusive', reason: 'it is gone'}]), []);
});

test('declared work in the background is counted apart', t => {
  const clear: Finding = {symptom: 'hidden-attempts', verdict: 'clear', compared: [compared(1000, 0)]};
  const introOf = (backgroundSpanCount: number): string =>
    fidelityBlocks(storyOf([clear], backgroundSpanCount))
      .flatMap(block => (block.kind === 'paragraph' ? [plainText(block.text)] : []))
      .at(-1) ?? '';
  t.is(introOf(0), 'defaults:');
  t.is(introOf(12), 'defaults, not counting 12 spans of declared background work:');
});
