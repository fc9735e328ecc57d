// What is wrong with the goals of a scenario beyond their shape: which phases and figures there are.
import {type Goals, goalMetrics} from '../model/goal.ts';
import {type Mistake, unknownName} from './mistakes.ts';

export const goalMistakes = (goals: Goals, phases: readonly {readonly name: string}[]): Mistake[] => {
  const phaseNames = [...phases.map(phase => phase.name), 'run'];
  const metricNames = [...Object.keys(goalMetrics), 'telemetry'];
  return Object.entries(goals).flatMap(([phase, limits]) => {
    const mistakes = Object.keys(limits)
      .filter(metric => !metricNames.includes(metric))
      .map(metric => unknownName(['goals', phase, metric], 'figure', metricNames));
    if (!phaseNames.includes(phase)) mistakes.unshift(unknownName(['goals', phase], 'phase', phaseNames));
    return mistakes;
  });
};
