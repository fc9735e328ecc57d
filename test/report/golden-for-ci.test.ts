// What CI and pull requests are told, against literal output. `UPDATE_GOLDEN=1 npx ava test/report/golden-for-ci.test.ts` writes it anew.
import {readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {type RunStory, runStory} from '../../src/report/case-study/run-story.ts';
import {compareSides, type Side} from '../../src/report/comparison/run-diff.ts';
import {comparisonLines, comparisonMarkdown} from '../../src/report/comparison/run-diff-text.ts';
import {toAnnotations, toStepSummary} from '../../src/report/formats/github.ts';
import {toJunit} from '../../src/report/formats/junit.ts';
import {resultOf} from '../../src/report/formats/result.ts';
import {redactRun} from '../../src/report/redact.ts';
import {judgedRun, type Options} from '../helpers/judged-run.ts';

const storyOf = (options: Options): RunStory => runStory(redactRun(judgedRun(options)));

const fivePairs = (): RunStory => storyOf({trialsPerVariant: 5});

const sideOf = (variant: string): Side => {
  const result = resultOf(fivePairs());
  return {title: variant, result, variant: result.variants.find(({name}) => name === variant)!};
};

const isAsItWas = test.macro<[() => string]>({
  title: (file = '') => `${file} is as it was`,
  exec(t, render) {
    const [file = ''] = t.title.split(' is as it was');
    const url = new URL(`golden/${file}`, import.meta.url);
    const text = render();
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, text);
    t.is(text, readFileSync(url, 'utf8'));
  },
});

test('compare.worse.md', isAsItWas, () =>
  comparisonMarkdown(compareSides(sideOf('bounded'), sideOf('defaults'))),
);
test('compare.better.txt', isAsItWas, () =>
  comparisonLines(compareSides(sideOf('defaults'), sideOf('bounded'))),
);
test('step-summary.md', isAsItWas, () => toStepSummary([fivePairs(), storyOf({interrupted: true})]));
test('annotations.txt', isAsItWas, () => toAnnotations([storyOf({oneVariant: true})]).join('\n'));
test('junit.xml', isAsItWas, () => toJunit([fivePairs(), storyOf({oneVariant: true, outOfMemory: true})]));
