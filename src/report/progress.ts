// What the change did to each symptom and each goal: better, not better, or not to be known.
import {code, strong, type Text} from './document.ts';
import {goalFigure, limitText, phaseOfGoal} from './goals.ts';
import {symptomNotes} from './symptom-notes.ts';
import type {GoalStory, RunStory, SymptomStory} from './variants.ts';

export type Progress = {
  readonly better: readonly Text[];
  readonly notBetter: readonly Text[];
  readonly undecided: readonly Text[];
};

type Item = {readonly kind: keyof Progress; readonly text: Text} | null;

export const progressOf = ({baseline, judged}: RunStory): Progress => {
  const items = [
    ...judged.symptoms.map(after =>
      symptomProgress(
        baseline.symptoms.find(({symptom}) => symptom === after.symptom),
        after,
      ),
    ),
    ...judged.goals.map(after =>
      goalProgress(
        baseline.goals.find(({phase, metric}) => phase === after.phase && metric === after.metric),
        after,
      ),
    ),
  ].filter(item => item !== null);
  const of = (kind: keyof Progress): Text[] => items.filter(item => item.kind === kind).map(({text}) => text);
  return {better: of('better'), notBetter: of('notBetter'), undecided: of('undecided')};
};

const symptomProgress = (before: SymptomStory | undefined, after: SymptomStory): Item => {
  const name = strong(after.symptom);
  if (after.verdict === 'inconclusive') {
    return {kind: 'undecided', text: [name, `: ${after.reasons.join('; ')}`]};
  }
  if (after.verdict === 'clear') {
    if (before?.verdict !== 'present') return null;
    return {kind: 'better', text: [name, `: no more ${symptomNotes[after.symptom].noun}.`]};
  }
  const says = after.present[0]?.evidence[0].says ?? '';
  const state = before?.verdict === 'present' ? 'still there' : before?.verdict === 'clear' ? 'new' : 'there';
  return {kind: 'notBetter', text: [name, `, ${state}: ${says}`]};
};

const goalProgress = (before: GoalStory | undefined, after: GoalStory): Item => {
  const {phase, metric, limit, verdict} = after;
  const figures = `${goalFigure(metric, before?.value ?? null)} before, ${goalFigure(metric, after.value)} after, ${limitText(metric, limit)} wanted`;
  const text = (end: string): Text => [code(metric), ` in ${phaseOfGoal(phase)}: ${figures}${end}.`];
  if (verdict === 'inconclusive')
    return {kind: 'undecided', text: text(after.reasons.map(reason => `; ${reason}`).join(''))};
  if (verdict === 'missed') return {kind: 'notBetter', text: text('')};
  return before?.verdict === 'missed' ? {kind: 'better', text: text('')} : null;
};
