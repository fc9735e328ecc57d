// Before against after: ratios with an interval where there are pairs enough to have one.
import type {PhaseSummary} from '../model/run.ts';
import {bootstrapRatio, type RatioInterval} from '../stats/bootstrap.ts';
import {factor} from './format.ts';
import type {JudgedTrial, RunStory} from './variants.ts';

export type Compared = {readonly figure: string; readonly phase: string; readonly interval: RatioInterval};

const figures: readonly {readonly name: string; readonly pick: (phase: PhaseSummary) => number | null}[] = [
  {name: 'goodput', pick: phase => phase.goodputPerSecond},
  {name: 'response p99', pick: phase => phase.responseP99Ms},
  {name: 'attempts per operation', pick: phase => phase.attemptsPerOperationRatio},
  {name: 'CPU per operation', pick: phase => phase.cpuUsPerOperation},
];

/** Trials of baseline and candidate with the same number, which ran next to each other. */
const pairsOf = ({baseline, candidate}: RunStory): {before: JudgedTrial; after: JudgedTrial}[] =>
  baseline.trials.flatMap(before => {
    const after = candidate?.trials.find(({trial}) => trial.number === before.trial.number);
    return after ? [{before, after}] : [];
  });

/** Every figure of every phase that has an interval; empty with fewer than five pairs. */
export const comparePhases = (story: RunStory): Compared[] =>
  story.run.record.plan.phases
    .filter(phase => phase.role !== 'warm-up')
    .flatMap(phase =>
      figures.flatMap(({name, pick}) => {
        const interval = ratioOf(story, trial => {
          const summary = trial.judgement.phases.find(candidate => candidate.phase === phase.name);
          return summary ? pick(summary) : null;
        });
        return interval ? [{figure: name, phase: phase.name, interval}] : [];
      }),
    );

/** Operations that succeeded, per second of all phases but the warm-up. */
export const goodputOfTrial = ({judgement}: JudgedTrial): number | null => {
  const measured = judgement.phases.filter(phase => phase.role !== 'warm-up');
  const seconds = measured.reduce((sum, phase) => sum + phase.durationMs, 0) / 1000;
  return seconds > 0 ? measured.reduce((sum, phase) => sum + phase.outcomes.ok, 0) / seconds : null;
};

export const compareGoodput = (story: RunStory): RatioInterval | null => ratioOf(story, goodputOfTrial);

const ratioOf = (story: RunStory, pick: (trial: JudgedTrial) => number | null): RatioInterval | null => {
  const pairs = pairsOf(story).flatMap(({before, after}) => {
    const [first, second] = [pick(before), pick(after)];
    return first === null || second === null ? [] : [{before: first, after: second}];
  });
  return bootstrapRatio(pairs, {seed: story.run.record.seed});
};

export const pairCount = (story: RunStory): number => pairsOf(story).length;

/** `95 % interval 4.80–5.60, n = 7 pairs`. */
export const intervalText = ({low, high, confidenceRatio, pairCount: pairs}: RatioInterval): string =>
  `${Math.round(confidenceRatio * 100)} % interval ${factor(low)}–${factor(high)}, n = ${pairs} pairs`;

/** `5.20 × (95 % interval 4.80–5.60, n = 7 pairs)`. */
export const ratioText = (interval: RatioInterval): string =>
  `${factor(interval.ratio)} × (${intervalText(interval)})`;
