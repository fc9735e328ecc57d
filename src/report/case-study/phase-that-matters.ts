// The phase to look into: where the baseline shows a diagnosis of its process, else where it shows its worst symptom,
// else the first fault, else the last phase.
import {processDiagnoses} from '../../model/diagnosis.ts';
import type {RunStory, VariantStory} from './run-story.ts';

/** Index in the plan. */
export const phaseThatMatters = ({run, baseline}: RunStory): number => {
  const {phases} = run.record.plan;
  const present = baseline.symptoms.flatMap(symptom => symptom.present);
  const worst = present.find(({severity}) => severity === 'fail') ?? present[0];
  const named = phases.findIndex(({name}) => name === (pictured(baseline) ?? worst?.phase));
  if (named >= 0) return named;
  const fault = phases.findIndex(({role}) => role === 'fault');
  return fault >= 0 ? fault : phases.length - 1;
};

/** A claim about a process is supported in the phase that it is about. */
const pictured = ({trials}: VariantStory): string | null =>
  trials
    .flatMap(({judgement}) => judgement.diagnoses)
    .find(({diagnosis}) => processDiagnoses.includes(diagnosis))?.phase ?? null;

const phasesShown = 6;

/** Names, in order of the plan: the last baseline, those in which a variant shows a symptom, the one that matters most, the last. */
export const phasesThatMatter = (story: RunStory): string[] => {
  const {phases} = story.run.record.plan;
  const judged = phases.filter(({role}) => role !== 'warm-up');
  const shows = ({symptoms}: VariantStory, name: string): boolean =>
    symptoms.some(({present}) => present.some(({phase}) => phase === name));
  const wanted = [
    phases[phaseThatMatters(story)],
    judged.find(({role}) => role === 'baseline'),
    judged.at(-1),
    ...judged.filter(({name}) => story.variants.some(variant => shows(variant, name))),
    ...judged.filter(({role}) => role === 'fault'),
  ].flatMap(phase => phase?.name ?? []);
  const names = [...new Set(wanted)].slice(0, phasesShown);
  return judged.map(({name}) => name).filter(name => names.includes(name));
};
