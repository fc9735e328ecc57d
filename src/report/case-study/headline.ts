// The outcome of a run in one sentence with its numbers.

import type {PhaseSummary} from '../../model/run.ts';
import {byWeight, type SymptomId, symptoms} from '../../model/symptoms.ts';
import type {RatioInterval} from '../../stats/bootstrap.ts';
import {endingName} from '../blocks/endings.ts';
import {runTitle} from '../blocks/shards.ts';
import {compareGoodput, compareLivedGoodput, intervalText} from '../comparison/before-after.ts';
import {count, factor, listed, plural} from '../format.ts';
import type {GoalStory, RunStory, VariantStory} from './run-story.ts';

const symptomsNamed = 3;

export const headlineOf = (story: RunStory): string => {
  const {record} = story.run;
  const title = runTitle(record);
  if (record.status !== 'complete') return `${title}: ${unfinished[record.status]}`;
  const doubt = doubtOf(story);
  if (doubt !== null) return `${title}: ${doubt}`;
  const statement = story.candidate ? changeStatement(story) : stateStatement(story.baseline);
  return `${title}: ${statement}; ${verdictClause(story)}${trialsText(story)}${tradeOffText(story)}`;
};

/** A caveat that the change is judged by one trial each; a single variant is described by what was seen, without one. */
const trialsText = ({candidate, baseline, judged}: RunStory): string =>
  candidate && Math.min(baseline.trials.length, judged.trials.length) === 1 ? ' (1 trial each)' : '';

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
  running: 'not finished, so nothing can be concluded',
  interrupted: 'interrupted, so only part of it was observed',
  failed: 'the run was aborted, so nothing can be concluded',
};

/** Said already by how the process ended. */
const ofTheEnding: readonly SymptomId[] = ['process-crash', 'out-of-memory'];

/** What the only variant does. */
const stateStatement = (story: VariantStory): string => {
  const endings = endingsOf(story);
  const present = shown(story).filter(symptom => endings.length === 0 || !ofTheEnding.includes(symptom));
  const shows =
    present.length > 0
      ? `shows ${symptomsText(present.map(symptom => withCount(story, symptom)))}`
      : shown(story).length === 0
        ? noneOf(story)
        : null;
  return `${story.variant.name} ${listed([...endings, ...(shows === null ? [] : [shows])])}`;
};

/** Of those that could be judged; how many could not is said beside it. */
const noneOf = ({symptoms: all}: VariantStory): string => {
  const clear = all.filter(({verdict}) => verdict === 'clear').length;
  const unjudged = all.length - clear;
  if (clear === 0) return 'could not be judged for any symptom';
  return `shows none of ${plural(clear, 'symptom')}${unjudged > 0 ? ` (${count(unjudged)} not judged)` : ''}`;
};

type Changes = {
  readonly gone: readonly SymptomId[];
  readonly unclear: readonly SymptomId[];
  readonly left: readonly SymptomId[];
  readonly added: readonly SymptomId[];
};

const changesOf = ({baseline, judged}: RunStory): Changes => {
  const [before, after] = [shown(baseline), shown(judged)];
  const absent = before.filter(symptom => !after.includes(symptom));
  return {
    gone: absent.filter(symptom => wasJudged(judged, symptom)),
    unclear: absent.filter(symptom => !wasJudged(judged, symptom) && !ofTheDefaults.includes(symptom)),
    left: after.filter(symptom => before.includes(symptom)),
    added: after.filter(symptom => !before.includes(symptom)),
  };
};

/** What differs with the candidate. */
const changeStatement = (story: RunStory): string => {
  const {baseline, judged} = story;
  const changes = changesOf(story);
  const {gone, unclear, left, added} = changes;
  const clauses = [
    ...endingsOf(judged).map(ending => `the process ${ending}`),
    ...goodputClause(story),
    ...goneClauses(story, gone),
    ...(unclear.length > 0
      ? [`${symptomsText(unclear.map(symptom => withBefore(baseline, symptom)))} could not be judged`]
      : []),
    ...leftClauses(story, left),
    ...(added.length > 0 && !isBetter(story, changes)
      ? [`new: ${symptomsText(added.map(symptom => withCount(judged, symptom)))}`]
      : []),
  ];
  if (clauses.length > 0) return `with ${judged.variant.name}, ${clauses.join('; ')}`;
  const asBefore = shown(baseline).length === 0 ? ', as before' : '';
  return `${judged.variant.name} ${noneOf(judged)}${asBefore}`;
};

const isBetter = (story: RunStory, {gone}: Changes): boolean =>
  gone.length > 0 || (goodputOf(story)?.interval.ratio ?? 1) > 1;

/** What the candidate does worse, where it does something better. */
const tradeOffText = (story: RunStory): string => {
  const changes = changesOf(story);
  if (!story.candidate || changes.added.length === 0 || !isBetter(story, changes)) return '';
  return `. Trade-off: ${symptomsText(changes.added.map(symptom => withCount(story.judged, symptom)))}`;
};

/** A process that crashes once in one trial may have crashed by chance; with this many trials without a crash it is over. */
const trialsThatTell = 3;

export const mayBeChance = (symptom: SymptomId, {trials}: VariantStory): boolean =>
  symptoms[symptom].weight === 'crash' && trials.length < trialsThatTell;

/** Looked for in the first variant only, which stands for the defaults: a candidate has changed them. */
const ofTheDefaults: readonly SymptomId[] = ['no-default-timeout'];

const goneClauses = (story: RunStory, gone: readonly SymptomId[]): string[] => {
  const {baseline, judged} = story;
  const counted = gone.filter(symptom => hasCounts(story, symptom)).slice(0, symptomsNamed);
  const others = gone.filter(symptom => !counted.includes(symptom));
  const trials = judged.trials.length;
  const isSure = (symptom: SymptomId): boolean => trials > 1 && !mayBeChance(symptom, judged);
  const named = (symptoms_: readonly SymptomId[]): string =>
    symptomsText(
      symptoms_.map(symptom => symptoms[symptom].noun),
      'or',
    );
  const [sure, chance] = [others.filter(isSure), others.filter(symptom => !isSure(symptom))];
  return [
    ...counted.map(symptom => dropClause(baseline, judged, symptom)),
    ...(sure.length > 0 ? [`no more ${named(sure)}`] : []),
    ...(chance.length > 0 ? [`no ${named(chance)}${trials > 1 ? ` in ${count(trials)} trials` : ''}`] : []),
  ];
};

const leftClauses = (story: RunStory, left: readonly SymptomId[]): string[] => {
  const counted = left.filter(symptom => hasCounts(story, symptom)).slice(0, symptomsNamed);
  const others = left.filter(symptom => !counted.includes(symptom));
  return [
    ...counted.map(symptom => dropClause(story.baseline, story.judged, symptom)),
    ...(others.length > 0
      ? [`still ${symptomsText(others.map(symptom => withCount(story.judged, symptom)))}`]
      : []),
  ];
};

const hasCounts = ({baseline, judged}: RunStory, symptom: SymptomId): boolean =>
  (countOf(baseline, symptom) ?? 0) > 0 && countOf(judged, symptom) !== null;

const dropClause = (baseline: VariantStory, judged: VariantStory, symptom: SymptomId): string => {
  const [before, after] = [countOf(baseline, symptom)!, countOf(judged, symptom)!];
  const {noun} = symptoms[symptom];
  if (before === after) return `${noun} stay at ${count(after)}`;
  return `${noun} ${after < before ? 'drop' : 'rise'} from ${count(before)} to ${count(after)}`;
};

const goodputOf = (story: RunStory): {interval: RatioInterval; lived: boolean} | null => {
  const lived = compareLivedGoodput(story);
  const interval = lived ?? compareGoodput(story);
  return interval ? {interval, lived: lived !== null} : null;
};

/**
 * Only a change of a tenth or more, and only one that the interval confirms; but after a crash of the baseline in any
 * case.
 */
const goodputClause = (story: RunStory): string[] => {
  const goodput = goodputOf(story);
  if (!goodput || (goodput.interval.low < 1.1 && goodput.interval.high > 0.9)) return [];
  const {interval, lived} = goodput;
  const whose = lived
    ? `${story.baseline.variant.name} before its process ended`
    : story.baseline.variant.name;
  return [`goodput is ${factor(interval.ratio)}× that of ${whose} (${intervalText(interval)})`];
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

const symptomsText = (names: readonly string[], conjunction: 'and' | 'or' = 'and'): string =>
  listed(
    names.length <= symptomsNamed
      ? names
      : [...names.slice(0, symptomsNamed - 1), `${count(names.length - symptomsNamed + 1)} more symptoms`],
    conjunction,
  );

const withCount = (story: VariantStory, symptom: SymptomId): string => {
  const counted = countOf(story, symptom);
  return `${symptoms[symptom].noun}${counted ? ` (${count(counted)})` : ''}`;
};

const withBefore = (baseline: VariantStory, symptom: SymptomId): string => {
  const before = countOf(baseline, symptom);
  return `${symptoms[symptom].noun}${before ? ` (${count(before)} before)` : ''}`;
};

const countOf = (story: VariantStory, symptom: SymptomId): number | null => {
  const pick = symptomCounts[symptom];
  if (!pick || story.phases.length === 0) return null;
  return story.phases.reduce((sum, phase) => sum + (pick(phase) ?? 0), 0);
};

/** Where symptoms alone miss the run they are named instead of the goals, all of which are met. */
const verdictClause = ({run, judged}: RunStory): string => {
  const failing = failingSymptoms(judged);
  if (run.judgement.verdict !== 'missed' || failing.length === 0 || judged.goals.some(isMissed)) {
    return goalsClause(judged);
  }
  return `fails because of ${symptomsText(failing.map(symptom => symptoms[symptom].noun))}`;
};

const isMissed = ({verdict}: GoalStory): boolean => verdict === 'missed';

/** What is enough by itself to miss a run. */
export const failingSymptoms = ({symptoms}: VariantStory): SymptomId[] =>
  symptoms
    .filter(({present}) => present.some(({severity}) => severity === 'fail'))
    .map(({symptom}) => symptom)
    .sort(byWeight);

const goalsClause = ({goals}: VariantStory): string => {
  const missed = goals.filter(isMissed).length;
  const unclear = goals.filter(({verdict}) => verdict === 'inconclusive').length;
  if (goals.length === 0) return 'no goals set';
  if (goals.length === 1 && missed + unclear > 0) return missed > 0 ? 'goal missed' : 'goal not evaluated';
  if (missed > 0) return `${count(missed)} of ${plural(goals.length, 'goal')} missed`;
  if (unclear > 0) return `${count(unclear)} of ${plural(goals.length, 'goal')} not evaluated`;
  if (goals.length <= 2) return goals.length === 1 ? 'goal met' : 'both goals met';
  return `all ${count(goals.length)} goals met`;
};

export const symptomCounts: {
  readonly [symptom in SymptomId]?: (phase: PhaseSummary) => number | null;
} = {
  'hung-operation': phase => phase.outcomes.hung,
  'deadline-overrun': phase => phase.overrun,
  'duplicate-effect': phase => phase.duplicateCount,
  'crossed-response': phase => phase.outcomes.wrong,
};
