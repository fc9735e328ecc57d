// What the change did to each symptom and each goal: better, not better, or not known.
import {symptoms} from '../../model/symptoms.ts';
import {goalFigure, limitText, phaseOfGoal} from '../blocks/goals.ts';
import {code, strong, type Text} from '../document.ts';
import {percent, plural} from '../format.ts';
import {mayBeChance} from './headline.ts';
import type {GoalStory, RunStory, SymptomStory, VariantStory} from './run-story.ts';
import {smallLeaks} from './small-leaks.ts';

export type Progress = {
  readonly better: readonly Text[];
  readonly notBetter: readonly Text[];
  readonly undecided: readonly Text[];
};

type Item = {readonly kind: keyof Progress; readonly text: Text} | null;

export const progressOf = (story: RunStory): Progress => {
  const {baseline, judged} = story;
  const items = [
    ...judged.symptoms.map(after =>
      symptomProgress(
        baseline.symptoms.find(({symptom}) => symptom === after.symptom),
        after,
        judged,
      ),
    ),
    ...judged.goals.map(after =>
      goalProgress(
        baseline.goals.find(({phase, metric}) => phase === after.phase && metric === after.metric),
        after,
      ),
    ),
    ...leakItems(story),
    ...failingPhases(baseline, judged),
  ].filter(item => item !== null);
  const of = (kind: keyof Progress): Text[] => items.filter(item => item.kind === kind).map(({text}) => text);
  return {better: of('better'), notBetter: of('notBetter'), undecided: of('undecided')};
};

const symptomProgress = (
  before: SymptomStory | undefined,
  after: SymptomStory,
  judged: VariantStory,
): Item => {
  const name = strong(after.symptom);
  if (after.verdict === 'inconclusive') {
    return {kind: 'undecided', text: [name, `: ${after.reasons.join('; ')}`]};
  }
  if (after.verdict === 'clear') {
    if (before?.verdict !== 'present') return null;
    const {noun} = symptoms[after.symptom];
    const {length} = judged.trials;
    const statement =
      length === 1 || mayBeChance(after.symptom, judged)
        ? `no ${noun} in ${plural(length, 'trial')}`
        : `no more ${noun}`;
    return {kind: 'better', text: [name, `: ${statement}.`]};
  }
  const statement = after.present[0]?.evidence[0].statement ?? '';
  const state =
    before?.verdict === 'present' ? 'still present' : before?.verdict === 'clear' ? 'new' : 'present';
  return {kind: 'notBetter', text: [name, `, ${state}: ${statement}`]};
};

/** Leaks that only the pairs of trials show. */
const leakItems = (story: RunStory): Item[] =>
  smallLeaks(story).map(({leaking, statement}) => ({
    kind: leaking === 'baseline' ? 'better' : 'notBetter',
    text: [strong('leak below the detection limit'), `: ${statement}.`],
  }));

/** Below this share of successes a phase is mentioned although no symptom and no goal is about it. */
const failingRatio = 0.5;
/** A smaller rise is not worth mentioning. */
const riseRatio = 0.1;

/** Phases with a fault in which most operations fail, as they did before. */
const failingPhases = (baseline: VariantStory, judged: VariantStory): Item[] =>
  judged.phases
    .filter(({role}) => role === 'fault')
    .map(({phase, successRatio: after}) => {
      const before = baseline.phases.find(candidate => candidate.phase === phase)?.successRatio ?? null;
      if (before === null || after === null) return null;
      if (Math.max(before, after) >= failingRatio || after - before >= riseRatio) return null;
      const [was, is] = [percent(before), percent(after)];
      const shares =
        was === is ? `${was} succeeded before and after` : `${was} succeeded before, ${is} after`;
      return {kind: 'notBetter', text: [strong(phase), `: ${shares}.`]};
    });

const goalProgress = (before: GoalStory | undefined, after: GoalStory): Item => {
  const {phase, metric, limit, verdict} = after;
  const figures = `${goalFigure(metric, before?.value ?? null)} before, ${goalFigure(metric, after.value)} after, goal ${limitText(metric, limit)}`;
  const text = (end: string): Text => [code(metric), ` in ${phaseOfGoal(phase)}: ${figures}${end}.`];
  if (verdict === 'inconclusive')
    return {kind: 'undecided', text: text(after.reasons.map(reason => `; ${reason}`).join(''))};
  if (verdict === 'missed') return {kind: 'notBetter', text: text('')};
  return before?.verdict === 'missed' ? {kind: 'better', text: text('')} : null;
};
