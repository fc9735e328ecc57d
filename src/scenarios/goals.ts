// What is wrong with the goals and the thresholds of a scenario beyond their shape: which phases, figures and symptoms there are.
import {type Goals, goalMetrics} from '../model/goal.ts';
import type {Phase} from '../model/plan.ts';
import {type SymptomId, symptomIds, symptoms, type ThresholdChanges} from '../model/symptoms.ts';
import {type Mistake, unknownName} from './mistakes.ts';

type PhaseOfGoals = Pick<Phase, 'name'> & Partial<Pick<Phase, 'endsWith'>>;

export const goalMistakes = (goals: Goals, phases: readonly PhaseOfGoals[]): Mistake[] => {
  const phaseNames = [...phases.map(phase => phase.name), 'run'];
  const metricNames = [...Object.keys(goalMetrics), 'telemetry'];
  return Object.entries(goals).flatMap(([phase, limits]) => {
    const mistakes = Object.keys(limits)
      .filter(metric => !metricNames.includes(metric))
      .map(metric => unknownName(['goals', phase, metric], 'figure', metricNames));
    if (!phaseNames.includes(phase)) mistakes.unshift(unknownName(['goals', phase], 'phase', phaseNames));
    if ('timeToExitMs' in limits && !endsBySignal(phase, phases)) {
      const says = "needs a phase with endsWith: 'sigterm'";
      mistakes.push({path: ['goals', phase, 'timeToExitMs'], says});
    }
    return mistakes;
  });
};

const endsBySignal = (goal: string, phases: readonly PhaseOfGoals[]): boolean =>
  phases.some(({name, endsWith}) => (goal === 'run' || name === goal) && endsWith === 'sigterm');

export const thresholdMistakes = (changes: ThresholdChanges): Mistake[] =>
  Object.entries(changes).flatMap(([symptom, limits]) => {
    if (!symptomIds.includes(symptom as SymptomId))
      return [unknownName(['thresholds', symptom], 'symptom', symptomIds)];
    const names = Object.keys(symptoms[symptom as SymptomId].thresholds);
    return Object.keys(limits)
      .filter(name => !names.includes(name))
      .map(name => unknownName(['thresholds', symptom, name], 'threshold', names));
  });
