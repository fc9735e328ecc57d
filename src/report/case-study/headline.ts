// The outcome of a run in one sentence with its numbers.
import {byWeight, type SymptomId, symptoms} from '../../model/symptoms.ts';
import {endingName} from '../blocks/endings.ts';
import {compareGoodput, compareLivedGoodput, intervalText} from '../comparison/before-after.ts';
import {count, factor, listed, plural} from '../format.ts';
import type {GoalStory, RunStory, VariantStory} from './run-story.ts';
import {symptomCounts} from './symptom-counts.ts';

const symptomsNamed = 3;

export const headlineOf = (story: RunStory): string => {
  const {record} = story.run;
  if (record.status !== 'complete') return `${record.plan.name}: ${unfinished[record.status]}`;
  const doubt = doubtOf(story);
  if (doubt !== null) return `${record.plan.name}: ${doubt}`;
  const clauses = story.candidate ? changeClauses(story) : stateClauses(story.baseline);
  return `${record.plan.name}: ${trialsText(story)}${story.judged.variant.name} ${listed([...clauses, verdictClause(story)])}`;
};

/** That a change is concluded from one trial each; what one variant shows is claimed of no more than what was seen. */
const trialsText = ({candidate, baseline, judged}: RunStory): string =>
  candidate && Math.min(baseline.trials.length, judged.trials.length) === 1 ? 'in one trial each, ' : '';

/** The first gate of a run that cannot judge: the run's own before those of the judged trials. */
const doubtOf = ({run, judged}: RunStory): string | null => {
  if (run.judgement.verdict !== 'inconclusive') return null;
  const [whole] = run.judgement.gates;
  if (whole) return `inconclusive: ${withoutStop(whole.reason)}`;
  const [own] = judged.trials.flatMap(({judgement}) => [...judgement.gates]);
  return own ? `inconclusive for ${judged.variant.name}: ${withoutStop(own.reason)}` : null;
};

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

const unfinished = {
  running: 'not finished, so that nothing is concluded',
  interrupted: 'interrupted, so that only a part was seen',
  failed: 'the run was aborted, so nothing can be concluded',
};

/** What the only variant does. */
const stateClauses = (story: VariantStory): string[] => {
  const present = shown(story);
  const ending = endingsOf(story);
  if (present.length === 0) return [...ending, noneOf(story)];
  return [...ending, `shows ${symptomsText(present.map(symptom => withCount(story, symptom)))}`];
};

/** Of those that could be judged; how many could not stands beside it. */
const noneOf = ({symptoms: all}: VariantStory): string => {
  const clear = all.filter(({verdict}) => verdict === 'clear').length;
  const unjudged = all.length - clear;
  if (clear === 0) return 'could not be judged for any symptom';
  return `shows none of ${plural(clear, 'symptom')}${unjudged > 0 ? ` (${count(unjudged)} not judged)` : ''}`;
};

/** What the candidate does better than the baseline, and what it does not. */
const changeClauses = (story: RunStory): string[] => {
  const {baseline, judged} = story;
  const [before, after] = [shown(baseline), shown(judged)];
  const absent = before.filter(symptom => !after.includes(symptom));
  const gone = absent.filter(symptom => wasJudged(judged, symptom));
  const unclear = absent.filter(symptom => !wasJudged(judged, symptom) && !ofTheDefaults.includes(symptom));
  const left = after.filter(symptom => before.includes(symptom));
  const added = after.filter(symptom => !before.includes(symptom));
  const clauses = [
    ...endingsOf(judged),
    ...goodputClause(story),
    ...goneClauses(story, gone),
    ...(unclear.length > 0
      ? [`cannot be judged for ${symptomsText(unclear.map(symptom => withBefore(baseline, symptom)))}`]
      : []),
    ...(left.length > 0
      ? [`still shows ${symptomsText(left.map(symptom => withChange(story, symptom)))}`]
      : []),
    ...(added.length > 0 ? [`adds ${symptomsText(added.map(symptom => withCount(judged, symptom)))}`] : []),
  ];
  return clauses.length > 0 ? clauses : [`${noneOf(judged)}${before.length === 0 ? ', as before' : ''}`];
};

/** A process that dies once in one trial may have died by chance; with this many trials that live it is over. */
const trialsThatTell = 3;

export const mayBeChance = (symptom: SymptomId, {trials}: VariantStory): boolean =>
  symptoms[symptom].weight === 'crash' && trials.length < trialsThatTell;

/** Looked for in the first variant only, which stands for the defaults: a candidate has changed them. */
const ofTheDefaults: readonly SymptomId[] = ['no-default-timeout'];

const goneClauses = (story: RunStory, gone: readonly SymptomId[]): string[] => {
  const {baseline, judged} = story;
  const isChance = (symptom: SymptomId): boolean => mayBeChance(symptom, judged);
  const [chance, ended] = [gone.filter(isChance), gone.filter(symptom => !isChance(symptom))];
  const trials = judged.trials.length === 1 ? '' : ` in ${count(judged.trials.length)} trials`;
  return [
    ...(chance.length > 0
      ? [
          `had no ${symptomsText(chance.map(symptom => symptoms[symptom].noun))}${trials}, unlike ${baseline.variant.name}`,
        ]
      : []),
    ...(ended.length > 0 ? [`ends ${symptomsText(ended.map(symptom => withChange(story, symptom)))}`] : []),
  ];
};

/** Only a change of a tenth or more, and only one that the interval is sure of; of a baseline that died, while it lived. */
const goodputClause = (story: RunStory): string[] => {
  const lived = compareLivedGoodput(story);
  const interval = lived ?? compareGoodput(story);
  if (!interval || (interval.low < 1.1 && interval.high > 0.9)) return [];
  const whose = lived ? ` that ${story.baseline.variant.name} had while it lived` : '';
  return [`gives ${factor(interval.ratio)} × the goodput${whose} (${intervalText(interval)})`];
};

const shown = (story: VariantStory): SymptomId[] =>
  story.symptoms
    .filter(({verdict}) => verdict === 'present')
    .map(({symptom}) => symptom)
    .sort(byWeight);

const wasJudged = (story: VariantStory, symptom: SymptomId): boolean =>
  story.symptoms.some(candidate => candidate.symptom === symptom && candidate.verdict === 'clear');

/** How its processes ended, where that was not well, and in how many of several trials. */
const endingsOf = ({trials}: VariantStory): string[] => {
  const names = trials.map(
    ({trial, parts}) => new Set([trial, ...parts].flatMap(part => endingName(part) ?? [])),
  );
  const all = [...new Set(names.flatMap(ofTrial => [...ofTrial]))];
  if (trials.length === 1) return all;
  return all.map(
    name =>
      `${name} in ${count(names.filter(ofTrial => ofTrial.has(name)).length)} of ${count(trials.length)} trials`,
  );
};

const symptomsText = (names: readonly string[]): string =>
  names.length <= symptomsNamed
    ? listed(names)
    : listed([
        ...names.slice(0, symptomsNamed - 1),
        `${count(names.length - symptomsNamed + 1)} more symptoms`,
      ]);

const withCount = (story: VariantStory, symptom: SymptomId): string => {
  const counted = countOf(story, symptom);
  return `${symptoms[symptom].noun}${counted ? ` (${count(counted)})` : ''}`;
};

const withBefore = (baseline: VariantStory, symptom: SymptomId): string => {
  const before = countOf(baseline, symptom);
  return `${symptoms[symptom].noun}${before ? ` (${count(before)} before)` : ''}`;
};

const withChange = ({baseline, judged}: RunStory, symptom: SymptomId): string => {
  const [before, after] = [countOf(baseline, symptom), countOf(judged, symptom)];
  const numbers = before && after !== null ? ` (${count(before)} before, ${count(after)} after)` : '';
  return `${symptoms[symptom].noun}${numbers}`;
};

const countOf = (story: VariantStory, symptom: SymptomId): number | null => {
  const pick = symptomCounts[symptom];
  if (!pick || story.phases.length === 0) return null;
  return story.phases.reduce((sum, phase) => sum + (pick(phase) ?? 0), 0);
};

/** Where symptoms alone miss the run, they are named instead of the goals: that those are met is beside the point. */
const verdictClause = ({run, judged}: RunStory): string => {
  const failing = failingSymptoms(judged);
  if (run.judgement.verdict !== 'missed' || failing.length === 0 || judged.goals.some(isMissed)) {
    return goalsClause(judged);
  }
  return `fails because of ${symptomsText(failing.map(symptom => symptoms[symptom].noun))}`;
};

const isMissed = ({verdict}: GoalStory): boolean => verdict === 'missed';

/** What alone is enough to miss a run. */
export const failingSymptoms = ({symptoms: told}: VariantStory): SymptomId[] =>
  told
    .filter(({present}) => present.some(({severity}) => severity === 'fail'))
    .map(({symptom}) => symptom)
    .sort(byWeight);

const goalsClause = ({goals}: VariantStory): string => {
  const missed = goals.filter(isMissed).length;
  const unclear = goals.filter(({verdict}) => verdict === 'inconclusive').length;
  if (goals.length === 0) return 'was held to no goal';
  if (missed > 0) return `misses ${count(missed)} of ${plural(goals.length, 'goal')}`;
  if (unclear > 0) return `leaves ${count(unclear)} of ${plural(goals.length, 'goal')} undecided`;
  return goals.length === 1 ? 'meets its goal' : `meets all ${count(goals.length)} goals`;
};
