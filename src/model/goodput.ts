// Goodput: the one figure by which a run compares its candidate with its baseline as a whole.
import type {Plan} from './plan.ts';
import type {JudgedRun, TrialJudgement} from './run.ts';

/**
 * Successes that came while a phase but the warm-up lasted, per second of these phases. A phase counts with its planned length at
 * least: what a process that died did not live to answer, it did not answer. Null where the trial reached no phase.
 */
export const goodputOf = ({phases}: Plan, judgement: TrialJudgement): number | null => {
  const judged = phases
    .filter(({role}) => role !== 'warm-up')
    .map(({name, durationMs}) => {
      const summary = judgement.phases.find(({phase}) => phase === name);
      const lastedMs = summary?.durationMs ?? 0;
      const ok = ((summary?.goodputPerSecond ?? 0) * lastedMs) / 1000;
      return {ok, ms: Math.max(durationMs, lastedMs)};
    });
  const seconds = judged.reduce((sum, {ms}) => sum + ms, 0) / 1000;
  if (judgement.phases.length === 0 || seconds === 0) return null;
  return judged.reduce((sum, {ok}) => sum + ok, 0) / seconds;
};

/** Of the trials of the baseline and the candidate that ran next to each other. */
export const goodputPairs = ({
  record: {plan},
  trials,
  judgement,
}: Pick<JudgedRun, 'trials' | 'judgement'> & {readonly record: {readonly plan: Plan}}): {
  before: number;
  after: number;
}[] => {
  const [baseline] = plan.variants;
  const candidate = plan.variants.at(-1);
  const goodputOfTrial = (variant: string | undefined, number: number): number | null => {
    const trial = trials.find(each => each.variant === variant && each.number === number);
    // A trial that was cut short, or never begun, is not slow.
    if (!trial || trial.end.kind === 'interrupted' || trial.end.kind === 'open-failed') return null;
    const own = judgement.trials.find(({trialId}) => trialId === trial.id);
    return own ? goodputOf(plan, own) : null;
  };
  if (!candidate || candidate === baseline) return [];
  const numbers = trials.filter(({variant}) => variant === baseline.name).map(({number}) => number);
  return numbers.flatMap(number => {
    const before = goodputOfTrial(baseline.name, number);
    const after = goodputOfTrial(candidate.name, number);
    return before === null || after === null ? [] : [{before, after}];
  });
};
