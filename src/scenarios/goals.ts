// What is wrong with the goals and the thresholds of a scenario beyond their shape: which phases, figures and symptoms there are.
import {type Goals, goalMetrics} from '../model/goal.ts';
import {type SymptomId, symptomIds, symptoms, type ThresholdChanges} from '../model/symptoms.ts';
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

export const thresholdMistakes = (changes: ThresholdChanges): Mistake[] =>
  Object.entries(changes).flatMap(([symptom, limits]) => {
    if (!symptomIds.includes(symptom as SymptomId))
      return [unknownName(['thresholds', symptom], 'symptom', symptomIds)];
    const names = Object.keys(symptoms[symptom as SymptomId].thresholds);
    return Object.keys(limits)
      .filter(name => !names.includes(name))
      .map(name => unknownName(['thresholds', symptom, name], 'threshold', names));
  });
