// A judged run in all the files of its report.
import type {JudgedRun} from '../model/run.ts';
import {caseStudy, chartsOf} from './case-study/case-study.ts';
import {runStory} from './case-study/run-story.ts';
import {fileOfChart, toSvgFile} from './charts/chart.ts';
import {toDetails, toMarkdown} from './formats/markdown.ts';
import {resultOf} from './formats/result.ts';
import {toPage} from './page/page.ts';
import {redactRun} from './redact.ts';

export type Report = {readonly files: {readonly [name: string]: string}};

/** Pure: the same run gives the same bytes. Secrets are removed before anything is rendered. */
export const renderReport = (run: JudgedRun): Report => {
  const story = runStory(redactRun(run));
  const study = caseStudy(story);
  return {
    files: {
      'report.md': toMarkdown(study),
      'details.md': toDetails(study),
      'report.html': toPage(study, story),
      ...Object.fromEntries(chartsOf(study).map(chart => [fileOfChart(chart), toSvgFile(chart)])),
      'result.json': `${JSON.stringify(resultOf(story), null, 2)}\n`,
    },
  };
};
