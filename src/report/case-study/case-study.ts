// A judged run as a case study: the story that every rendering presents, without the form of any.
import {describePlan} from '../blocks/faults.ts';
import {gateFrames, gatesOf} from '../blocks/gates.ts';
import {verdictTones, verdictWords} from '../blocks/goals.ts';
import {plannedTrials, trialsText, unfinishedShards} from '../blocks/shards.ts';
import type {Chart} from '../charts/chart.ts';
import {timeline} from '../charts/timeline.ts';
import {type Block, code, figure, paragraph, type Section, type Span, strong} from '../document.ts';
import {duration, listed, plural} from '../format.ts';
import {headlineOf} from './headline.ts';
import {representativeNote, representativeOf, representativeTitle} from './representative.ts';
import type {RunStory} from './run-story.ts';
import {changeSection} from './sections/change.ts';
import {environmentSection} from './sections/environment.ts';
import {figuresSection} from './sections/figures.ts';
import {investigationDetails, investigationSection} from './sections/investigation.ts';
import {outcomeDetails, outcomeSection} from './sections/outcome.ts';
import {phasesSection, reproductionSection} from './sections/reproduction.ts';
import {symptomDetails, symptomsSection} from './sections/symptoms.ts';
import {threatsSection} from './sections/threats.ts';

export type CaseStudy = {
  /** One sentence with the outcome and its numbers. */
  readonly headline: string;
  /** What comes between headline and sections: a note on a partial run, the verdict line, the chart. */
  readonly lead: readonly Block[];
  /** One page: observation, symptoms, data used to investigate, change, outcome, how to reproduce. */
  readonly sections: readonly Section[];
  /** Everything that the page is based on. */
  readonly details: readonly Section[];
};

export const caseStudy = (story: RunStory): CaseStudy => ({
  headline: headlineOf(story),
  lead: [
    ...partialBlocks(story),
    verdictBlock(story),
    ...doubtBlocks(story),
    ...figure('timeline', () => timeline(story)),
    ...chosenBlocks(story),
  ],
  sections: [
    observationSection(story),
    symptomsSection(story),
    investigationSection(story),
    changeSection(story),
    outcomeSection(story),
    reproductionSection(story),
  ],
  details: [
    symptomDetails(story),
    investigationDetails(story),
    outcomeDetails(story),
    figuresSection(story),
    phasesSection(story),
    environmentSection(story),
    threatsSection(story),
  ],
});

const verdictBlock = ({run, variants, candidate}: RunStory): Block => {
  const {record, judgement} = run;
  const names = variants.flatMap(({variant}, index): Span[] => {
    const role = index === 0 ? ' (baseline)' : variant === candidate?.variant ? ' (candidate)' : '';
    return [index > 0 ? ', ' : '', code(variant.name), role];
  });
  return paragraph(
    strong(verdictWords[judgement.verdict], verdictTones[judgement.verdict]),
    ' · scenario ',
    code(record.plan.name),
    ...(record.plan.storm === undefined ? [] : [' in the storm ', code(record.plan.storm)]),
    ` · ${dateText(record.startedAt)} · `,
    ...names,
    ` · ${trialsText(record)}`,
  );
};

/** `2026-11-02 14:03 UTC`. */
const dateText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

const partialBlocks = ({run, variants}: RunStory): Block[] => {
  const {record} = run;
  if (record.status === 'complete') return [];
  const made = variants.reduce((sum, variant) => sum + variant.trials.length, 0);
  const planned = plannedTrials(record) * variants.length;
  const after =
    record.endedAt === null
      ? ''
      : ` after ${duration(Date.parse(record.endedAt) - Date.parse(record.startedAt))}`;
  const what = {running: 'was still running', interrupted: 'was interrupted', failed: 'failed'}[
    record.status
  ];
  const shards = unfinishedShards(record);
  const statement =
    shards.length > 0
      ? `${capitalised(listed(shards))}: there are ${made} of ${plural(planned, 'trial')}. The rest of this report covers what the shards had observed by then.`
      : `The run ${what}${after}, during or after trial ${made} of ${planned}. The rest of this report covers what had been observed by then.`;
  return [{kind: 'quote', text: [strong('Partial run.'), ` ${statement}`]}];
};

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Which trials stand for their variants, where there was a choice. */
const chosenBlocks = ({variants}: RunStory): Block[] => {
  const note = representativeNote(variants);
  const chosen = variants.flatMap((variant): string[] => {
    const trial = representativeOf(variant);
    return trial ? [representativeTitle(variant, trial)] : [];
  });
  return note === '' ? [] : [paragraph(`The chart shows ${listed(chosen)}.${note}`)];
};

/** Why a run cannot be judged, as soon as the verdict is given. */
const doubtBlocks = (story: RunStory): Block[] => {
  if (story.run.judgement.verdict !== 'inconclusive') return [];
  const gates = new Map(gatesOf(story).map(gate => [gate.name, gate]));
  return [...gates.values()].flatMap((gate): Block[] => {
    const frames = gateFrames(gate);
    return [
      paragraph('Inconclusive: ', strong(gate.name), `. ${gate.reason} ${gate.advice}`),
      ...(frames.length === 0 ? [] : [{kind: 'code' as const, language: 'text', text: frames.join('\n')}]),
    ];
  });
};

/** Every block, in the order of reading. */
const blocksOf = ({lead, sections, details}: CaseStudy): Block[] => [
  ...lead,
  ...[...sections, ...details].flatMap(({blocks}) => [...blocks]),
];

/** Its charts by their file's name; no two have the same. */
export const chartsOf = (study: CaseStudy): Chart[] =>
  blocksOf(study).flatMap(block => (block.kind === 'figure' ? [block.chart] : []));

const observationSection = ({run}: RunStory): Section => ({
  id: 'initial-user-observation',
  title: 'Initial user observation',
  blocks: [
    {kind: 'quote', text: [run.record.plan.observation]},
    paragraph(describePlan(run.record.plan, run.record.environment.target)),
  ],
});
