// Goodput: the one figure by which a run compares its candidate with its baseline as a whole.
import type {Plan} from './plan.ts';
import type {JudgedRun, TrialJudgement} from './run.ts';

/**
 * Successes that came while a phase other than the warm-up lasted, per second of these phases. A phase counts with
 * its planned length at least: a process that died answered nothing for the rest of it. Null where the trial reached
 * no phase.
 */
export const goodputOf = ({phases}: Plan, judgement: TrialJudgement): number | null =>
  judgement.phases.length === 0
    ? null
    : rateOver(
        judgedPhases(phases).map(({name, durationMs}) => {
          const lived = livedIn(judgement, name);
          return {ok: lived.ok, ms: Math.max(durationMs, lived.ms)};
        }),
      );

type Span = {readonly ok: number; readonly ms: number};

type Pair = {readonly before: number; readonly after: number};

const judgedPhases = (phases: Plan['phases']): Plan['phases'][number][] =>
  phases.filter(({role}) => role !== 'warm-up');

/** What a process did in a phase for as long as it lived. */
const livedIn = ({phases}: TrialJudgement, name: string): Span => {
  const summary = phases.find(({phase}) => phase === name);
  const ms = summary?.durationMs ?? 0;
  return {ok: ((summary?.goodputPerSecond ?? 0) * ms) / 1000, ms};
};

const rateOver = (spans: readonly Span[]): number | null => {
  const ms = spans.reduce((sum, span) => sum + span.ms, 0);
  return ms === 0 ? null : (spans.reduce((sum, span) => sum + span.ok, 0) * 1000) / ms;
};

type Compared = Pick<JudgedRun, 'trials' | 'judgement'> & {readonly record: {readonly plan: Plan}};

/** Of the trials of the baseline and the candidate that ran next to each other. */
export const goodputPairs = (run: Compared): Pair[] =>
  judgedPairs(run).flatMap(({before, after}) =>
    pairOf(goodputOf(run.record.plan, before), goodputOf(run.record.plan, after)),
  );

/** The same over the phases that both processes of a pair saw, each for as long as it lived. */
export const livedGoodputPairs = (run: Compared): Pair[] =>
  judgedPairs(run).flatMap(({before, after}) => {
    const shared = judgedPhases(run.record.plan.phases)
      .map(({name}) => ({before: livedIn(before, name), after: livedIn(after, name)}))
      .filter(spans => spans.before.ms > 0 && spans.after.ms > 0);
    return pairOf(rateOver(shared.map(spans => spans.before)), rateOver(shared.map(spans => spans.after)));
  });

const pairOf = (before: number | null, after: number | null): Pair[] =>
  before === null || after === null ? [] : [{before, after}];

/** A trial that was cut short, or never begun, is not slow. */
const judgedPairs = ({
  record: {plan},
  trials,
  judgement,
}: Compared): {readonly before: TrialJudgement; readonly after: TrialJudgement}[] => {
  const [baseline] = plan.variants;
  const candidate = plan.variants.at(-1);
  const judgementOf = (variant: string, number: number): TrialJudgement | undefined => {
    const trial = trials.find(
      each => each.variant === variant && each.number === number && each.continues === null,
    );
    if (!trial || trial.end.kind === 'interrupted' || trial.edges.length === 0) return undefined;
    return judgement.trials.find(({trialId}) => trialId === trial.id);
  };
  if (!candidate || candidate === baseline) return [];
  const numbers = trials
    .filter(({variant, continues}) => variant === baseline.name && continues === null)
    .map(({number}) => number);
  return numbers.flatMap(number => {
    const before = judgementOf(baseline.name, number);
    const after = judgementOf(candidate.name, number);
    return before && after ? [{before, after}] : [];
  });
};
