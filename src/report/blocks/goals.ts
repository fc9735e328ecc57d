// Goals in words: the limit, the figure that was compared with it, and the result.
import {type GoalMetric, type GoalName, goalMetrics, type Limit, type Verdict} from '../../model/goal.ts';
import type {GoalStory} from '../case-study/run-story.ts';
import type {Tone} from '../document.ts';
import {bytes, count, duration, percent, perOperation, plain, rate} from '../format.ts';

const formats: {readonly [unit in (typeof goalMetrics)[GoalMetric]]: (value: number | null) => string} = {
  share: percent,
  rate,
  ms: duration,
  count,
  'per operation': perOperation,
  us: us => duration(us === null ? null : us / 1000),
  bytes,
};

const isTelemetry = (metric: GoalName): metric is Exclude<GoalName, GoalMetric> =>
  metric.startsWith('telemetry: ');

/** A metric of the library is in a unit of its own. */
const formatOf = (metric: GoalName): ((value: number | null) => string) =>
  isTelemetry(metric) ? plain : formats[goalMetrics[metric as GoalMetric]];

export const goalFigure = (metric: GoalName, value: number | null): string =>
  metric === 'timeToRecoverMs' ? recoveryText(value) : formatOf(metric)(value);

/** Recovery is seen in bins of 0.5 s: more than "good from the first one on" cannot be known. */
export const recoveryText = (ms: number | null): string => (ms === 0 ? 'within 0.5 s' : duration(ms));

/** A limit is exact, so that it has no zeroes for precision. */
const limitFigure = (metric: GoalName, value: number): string =>
  formatOf(metric)(value).replace(/(\.\d*?)0+(?=\D|$)/, (_, fraction: string) =>
    fraction === '.' ? '' : fraction,
  );

/** `at least 99%`, `at most 3 s`. */
export const limitText = (metric: GoalName, limit: Limit): string =>
  [
    limit.min === undefined ? null : `at least ${limitFigure(metric, limit.min)}`,
    limit.max === undefined ? null : `at most ${limitFigure(metric, limit.max)}`,
  ]
    .filter(part => part !== null)
    .join(', ');

export const phaseOfGoal = (phase: string): string => (phase === 'run' ? 'whole run' : phase);

/** `missed`, and in how many trials where they differ. */
export const goalVerdict = (goal: GoalStory): string =>
  goal.metCount > 0 && goal.metCount < goal.trialCount
    ? `${verdictOf(goal)} (met in ${goal.metCount} of ${goal.trialCount} trials)`
    : verdictOf(goal);

const verdictOf = ({verdict, limit}: GoalStory): string =>
  limit.severity === 'warn' && verdict === 'missed' ? 'missed (warning)' : verdict;

export const verdictTones: {readonly [verdict in Verdict]: Tone} = {
  met: 'good',
  missed: 'bad',
  inconclusive: 'open',
};

export const verdictWords: {readonly [verdict in Verdict]: string} = {
  met: 'Met',
  missed: 'Missed',
  inconclusive: 'Inconclusive',
};
