// Before against after: ratios, with an interval where there are enough pairs for one.
import {goodputPairs, livedGoodputPairs} from '../../model/goodput.ts';
import type {PhaseSummary} from '../../model/run.ts';
import {bootstrapRatio, type Pair, type RatioInterval} from '../../stats/bootstrap.ts';
import {hodgesLehmannShift, mannWhitney} from '../../stats/mann-whitney.ts';
import type {JudgedTrial, RunStory} from '../case-study/run-story.ts';
import {duration, factor, microseconds, perOperation, rate} from '../format.ts';

export type Compared = {
  readonly figure: string;
  readonly phase: string;
  readonly interval: RatioInterval;
  /** Hodges-Lehmann, from before to after, in words. */
  readonly shift: string;
  /** Two-sided, of the Mann-Whitney test over the trials. */
  readonly pValue: number | null;
};

type ComparedFigure = {
  readonly name: string;
  readonly pick: (phase: PhaseSummary) => number | null;
  readonly format: (value: number) => string;
};

const figures: readonly ComparedFigure[] = [
  {name: 'goodput', pick: phase => phase.goodputPerSecond, format: rate},
  {name: 'response p99', pick: phase => phase.responseP99Ms, format: duration},
  {name: 'attempts per operation', pick: phase => phase.attemptsPerOperationRatio, format: perOperation},
  {name: 'CPU per operation', pick: phase => phase.cpuUsPerOperation, format: microseconds},
];

/** Trials of baseline and candidate with the same number, which ran next to each other. */
export const pairsOf = ({baseline, candidate}: RunStory): {before: JudgedTrial; after: JudgedTrial}[] =>
  baseline.trials.flatMap(before => {
    const after = candidate?.trials.find(({trial}) => trial.number === before.trial.number);
    return after ? [{before, after}] : [];
  });

/** Every figure of every phase that has an interval; empty with fewer than five pairs. */
export const comparePhases = (story: RunStory): Compared[] =>
  story.run.record.plan.phases
    .filter(phase => phase.role !== 'warm-up')
    .flatMap(phase =>
      figures.flatMap(({name, pick, format}) => {
        const pairs = figurePairs(story, trial => {
          const summary = trial.judgement.phases.find(candidate => candidate.phase === phase.name);
          return summary ? pick(summary) : null;
        });
        const interval = bootstrapRatio(pairs, {seed: story.run.record.seed});
        return interval ? [{figure: name, phase: phase.name, interval, ...shiftOf(pairs, format)}] : [];
      }),
    );

/** The ratio of the run: successes per second of all phases but the warm-up, after over before. */
export const compareGoodput = ({run}: RunStory): RatioInterval | null =>
  bootstrapRatio(goodputPairs(run), {seed: run.record.seed});

/**
 * The same over the phases that both saw, each for as long as its process lived: the ratio without the time after a
 * crash. Null where no process of the baseline crashed.
 */
export const compareLivedGoodput = ({run, baseline}: RunStory): RatioInterval | null =>
  baseline.trials.some(({trial}) => trial.end.kind === 'crashed' || trial.end.kind === 'unresponsive')
    ? bootstrapRatio(livedGoodputPairs(run), {seed: run.record.seed})
    : null;

const figurePairs = (story: RunStory, pick: (trial: JudgedTrial) => number | null): Pair[] =>
  pairsOf(story).flatMap(({before, after}) => {
    const [first, second] = [pick(before), pick(after)];
    return first === null || second === null ? [] : [{before: first, after: second}];
  });

const shiftOf = (
  pairs: readonly Pair[],
  format: (value: number) => string,
): Pick<Compared, 'shift' | 'pValue'> => {
  const before = pairs.map(pair => pair.before);
  const after = pairs.map(pair => pair.after);
  const shift = hodgesLehmannShift(before, after) ?? 0;
  const sign = shift > 0 ? '+' : shift < 0 ? '−' : '±';
  return {shift: `${sign}${format(Math.abs(shift))}`, pValue: mannWhitney(before, after)?.pValue ?? null};
};

export const pairCount = (story: RunStory): number => pairsOf(story).length;

/** `95% interval 4.80–5.60, n = 7 pairs`. */
export const intervalText = ({low, high, confidenceRatio, pairCount: pairs}: RatioInterval): string =>
  `${Math.round(confidenceRatio * 100)}% interval ${factor(low)}–${factor(high)}, n = ${pairs} pairs`;

/** `5.20× (95% interval 4.80–5.60, n = 7 pairs)`. */
export const ratioText = (interval: RatioInterval): string =>
  `${factor(interval.ratio)}× (${intervalText(interval)})`;
