// Data used to investigate. In short for the page; for the details each phase as reported by all witnesses, failures
// and slow operations.

import {processDiagnoses} from '../../../model/diagnosis.ts';
import {artifactBlocks} from '../../blocks/artifacts.ts';
import {describeFaults} from '../../blocks/faults.ts';
import {fidelityBlocks} from '../../blocks/fidelity.ts';
import {gaugeBlocks} from '../../blocks/gauges.ts';
import {hitBlocks} from '../../blocks/hits.ts';
import {failureBlocks, slowestBlocks, warningBlocks} from '../../blocks/operations.ts';
import {
  isInvestigated,
  phaseAnchor,
  processAnchor,
  profilesAnchor,
  witnessesAnchor,
} from '../../blocks/phase-link.ts';
import {processBlocks} from '../../blocks/process.ts';
import {heaviestStackBlocks, profileBlocks} from '../../blocks/profiles.ts';
import {telemetryBlocks} from '../../blocks/telemetry.ts';
import {mainTraceBlocks, traceBlocks} from '../../blocks/traces.ts';
import {witnesses} from '../../blocks/witnesses.ts';
import {
  type Block,
  heading,
  joined,
  paragraph,
  type Section,
  type Span,
  type Text,
  table,
} from '../../document.ts';
import {plannedDuration} from '../../format.ts';
import {glanceBlocks} from '../at-a-glance.ts';
import {phaseComparison} from '../phase-comparison.ts';
import {phasesThatMatter, phaseThatMatters} from '../phase-that-matters.ts';
import type {RunStory} from '../run-story.ts';

/** The phases that matter side by side, and the one trace or profile that shows the cause. */
export const investigationSection = (story: RunStory): Section => ({
  id: 'data-used-to-investigate',
  title: 'Data used to investigate',
  blocks: [
    ...phaseComparison(story, phasesThatMatter(story)),
    ...causeBlocks(story),
    paragraph('More: ', {link: 'what each witness saw, phase by phase', to: witnessesAnchor}, '.'),
  ],
});

/** The evidence for the cause: where the process itself was in trouble its profile, else an operation's trace. */
const causeBlocks = (story: RunStory): Block[] => {
  const [trace, profile] = [mainTraceBlocks(story), heaviestStackBlocks(story)];
  return isOfProcess(story) && profile.length > 0 ? profile : trace;
};

const isOfProcess = ({baseline}: RunStory): boolean =>
  baseline.trials.some(({judgement}) =>
    judgement.diagnoses.some(({diagnosis}) => processDiagnoses.includes(diagnosis)),
  );

export const investigationDetails = (story: RunStory): Section => ({
  id: witnessesAnchor,
  title: 'Witnesses',
  blocks: [
    paragraph(
      "Five witnesses observed each phase: the driver that called the library, the library's own telemetry, the injector between client and server, the target, and the process as seen by the operating system and the runtime.",
      mediansNote(story),
    ),
    ...glanceBlocks(story),
    ...story.run.record.plan.phases
      .filter(phase => story.variants.some(variant => isInvestigated(variant, phase)))
      .map(phase => phaseBlocks(story, phase.name))
      .filter(blocks => blocks.length > 0)
      .flatMap((blocks, index) => (index === 0 ? [...blocks, ...countingNote(story)] : blocks)),
    ...gaugeBlocks(story),
    ...processBlocks(story),
    ...profileBlocks(story),
    ...artifactBlocks(story),
    ...failureBlocks(story),
    ...slowestBlocks(story),
    ...hitBlocks(story),
    ...traceBlocks(story),
    ...fidelityBlocks(story),
    ...telemetryBlocks(story),
    ...warningBlocks(story),
  ],
});

/** Empty with one trial per variant. */
export const mediansNote = ({variants}: RunStory): string => {
  const trials = Math.max(...variants.map(variant => variant.trials.length));
  return trials > 1 ? ` Figures are medians over up to ${trials} trials of a variant.` : '';
};

/** Why two counts of the library in one cell need not agree. */
const countingNote = ({run}: RunStory): Block[] =>
  run.trials.some(({telemetry}) => telemetry !== null)
    ? [
        paragraph(
          "The library's spans count in the phase in which they started, the requests in its metrics in the one in which they ended, so the two may differ within a phase.",
        ),
      ]
    : [];

const phaseBlocks = (story: RunStory, name: string): Block[] => {
  const index = story.run.record.plan.phases.findIndex(candidate => candidate.name === name);
  const phase = story.run.record.plan.phases[index];
  const reached = story.variants.filter(variant =>
    variant.phases.some(candidate => candidate.phase === name),
  );
  if (!phase || reached.length === 0) return [];
  const rows = witnesses.map((witness): Text[] => [
    [witness.name],
    ...reached.map(variant => {
      const figures = variant.phases.find(candidate => candidate.phase === name);
      return figures ? witness.statement(variant, figures) : [];
    }),
  ]);
  const faults = phase.faults.length === 0 ? 'no fault' : describeFaults(phase);
  return [
    heading(`${name}: ${faults} (${plannedDuration(phase.durationMs)})`, phaseAnchor(index)),
    table(['Witness', ...reached.map(({variant}) => variant.name)], rows),
    ...furtherBlocks(story, index),
  ];
};

/** There is more on the phase that matters, further below. */
const furtherBlocks = (story: RunStory, phase: number): Block[] => {
  if (phase !== phaseThatMatters(story)) return [];
  const further: Span[] = [
    ...(processBlocks(story).length > 0 ? [{link: 'The process', to: processAnchor}] : []),
    ...(profileBlocks(story).length > 0 ? [{link: 'Profiles', to: profilesAnchor}] : []),
  ];
  return further.length === 0
    ? []
    : [
        paragraph(
          'More on this phase: ',
          ...joined(
            further.map(one => [one]),
            ', ',
          ),
          '.',
        ),
      ];
};
