// The baseline is a control phase without faults: what fails there cannot be blamed on a fault.
import type {GoalResult} from '../../model/goal.ts';
import type {Gate, PhaseSummary} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';

type Control = {
  readonly trial: Trial;
  readonly phases: readonly PhaseSummary[];
  readonly goals: readonly GoalResult[];
};

export const baselineGates = ({trial, phases, goals}: Control): Gate[] => [
  ...failing(phases),
  ...missing(trial, goals),
];

/** Without a goal the limit is half: far below what any goal would accept. */
const calmSuccessRatio = 0.5;

const failing = (phases: readonly PhaseSummary[]): Gate[] =>
  phases
    .filter(
      ({role, successRatio}) =>
        role === 'baseline' && (successRatio === null || successRatio < calmSuccessRatio),
    )
    .map(({phase, successRatio, started}) => ({
      name: 'baseline-fails',
      reason: `In phase ${phase}, without any fault, ${successRatio === null ? 'no operation started' : `only ${(successRatio * 100).toFixed(1)}% of ${started} operations succeeded`}.`,
      advice: 'Check that the target responds and that perform() is correct; the report lists the failures.',
    }));

/** Where no fault follows, the baseline is no control: it is what is judged. */
const missing = ({plan}: Trial, goals: readonly GoalResult[]): Gate[] => {
  if (!plan.phases.some(({role}) => role === 'fault')) return [];
  const calm = plan.phases.filter(({role}) => role === 'baseline').map(({name}) => name);
  return goals
    .filter(({phase, verdict}) => verdict === 'missed' && calm.includes(phase))
    .map(({phase, metric, limit, value, count}) => ({
      name: 'baseline-misses-goal',
      reason: `In phase ${phase}, without any fault, ${metric} is ${figure(value ?? 0)} (${count} operations); the goal is ${wanted(limit)}.`,
      advice:
        'First fix what is wrong without faults: lower the load, use a quieter machine, or set a goal that a calm network can meet.',
    }));
};

const wanted = ({min, max}: GoalResult['limit']): string =>
  [min === undefined ? [] : `at least ${figure(min)}`, max === undefined ? [] : `at most ${figure(max)}`]
    .flat()
    .join(' and ');

const figure = (value: number): string => String(Number(value.toPrecision(4)));
