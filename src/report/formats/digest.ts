// A run on one screen: for the summary of a CI job and a comment on a pull request. The whole story is in the report.

import {gatesOf} from '../blocks/gates.ts';
import {goalFigure, goalVerdict, limitText, phaseOfGoal, verdictWords} from '../blocks/goals.ts';
import {repeatCommand} from '../blocks/shards.ts';
import {headlineOf} from '../case-study/headline.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {
  type Block,
  code,
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../document.ts';
import {count, duration, evidenceFigure, percent, plain} from '../format.ts';
import {sectionToMarkdown} from './markdown.ts';

export const toMarkdownDigest = (story: RunStory): string => sectionToMarkdown(digestOf(story));

const digestOf = (story: RunStory): Section => {
  const {run, judged} = story;
  return {
    id: 'digest',
    title: headlineOf(story),
    blocks: [
      paragraph(
        strong(verdictWords[run.judgement.verdict]),
        ` · judged: `,
        code(judged.variant.name),
        ` · repeat with `,
        code(repeatCommand(run.record)),
      ),
      ...gateBlocks(story),
      ...goalBlocks(judged),
      ...symptomBlocks(story),
      ...phaseBlocks(story),
    ],
  };
};

const gateBlocks = (story: RunStory): Block[] => {
  const reasons = gatesOf(story).map(({reason, advice}) => `${reason} ${advice}`);
  return reasons.length === 0 ? [] : [list(reasons.map((reason): Text => [reason]))];
};

const goalBlocks = ({goals}: VariantStory): Block[] =>
  goals.length === 0
    ? []
    : [
        table(
          ['Goal', 'Phase', '>Limit', '>Value', 'Verdict'],
          goals.map(goal => [
            code(goal.metric),
            phaseOfGoal(goal.phase),
            limitText(goal.metric, goal.limit),
            goalFigure(goal.metric, goal.value),
            strong(goalVerdict(goal)),
          ]),
        ),
      ];

/** Of all variants, so that what the change fixed is shown beside what it left. */
const symptomBlocks = ({variants}: RunStory): Block[] => {
  const rows = variants.flatMap(({variant, symptoms}) =>
    symptoms.flatMap(({symptom, present}): Span[][] => {
      const [worst] = present;
      if (!worst) return [];
      const [evidence] = worst.evidence;
      return [
        [
          code(variant.name),
          strong(symptom),
          worst.phase,
          evidenceFigure(evidence, evidence.value),
          evidence.statement,
        ],
      ];
    }),
  );
  return rows.length === 0
    ? [paragraph('No symptom was found.')]
    : [table(['Variant', 'Symptom', 'Phase', '>Number', 'Evidence'], rows)];
};

const phaseBlocks = ({variants}: RunStory): Block[] => {
  const rows = variants.flatMap(({variant, phases}) =>
    phases
      .filter(({role}) => role !== 'warm-up')
      .map(phase => [
        code(variant.name),
        phase.phase,
        percent(phase.successRatio),
        plain(phase.goodputPerSecond),
        duration(phase.responseP99Ms),
        count(phase.outcomes.hung),
      ]),
  );
  return rows.length === 0
    ? []
    : [table(['Variant', 'Phase', '>Succeeded', '>Goodput/s', '>Response p99', '>Hung'], rows)];
};
