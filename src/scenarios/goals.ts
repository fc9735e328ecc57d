// What is wrong with the goals of a scenario beyond their shape: which phases and figures there are.
import {type Goals, goalMetrics} from '../model/goal.ts';
import {didYouMean} from '../model/suggestions.ts';

export const goalMistakes = (goals: Goals, phases: readonly {readonly name: string}[]): string[] => {
  const phaseNames = [...phases.map(phase => phase.name), 'run'];
  const metricNames = [...Object.keys(goalMetrics), 'telemetry'];
  return Object.entries(goals).flatMap(([phase, limits]) => {
    const mistakes = Object.keys(limits)
      .filter(metric => !metricNames.includes(metric))
      .map(metric => `goals.${phase}.${metric}: there is no such figure. ${didYouMean(metric, metricNames)}`);
    if (!phaseNames.includes(phase)) {
      mistakes.unshift(`goals.${phase}: there is no such phase. ${didYouMean(phase, phaseNames)}`);
    }
    return mistakes;
  });
};
