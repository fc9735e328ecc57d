// A scenario's own thresholds: which symptoms and names there are.
import {type SymptomId, symptomIds, symptoms, type ThresholdChanges} from '../model/symptoms.ts';
import {type Mistake, unknownName} from './mistakes.ts';

export const thresholdMistakes = (changes: ThresholdChanges): Mistake[] =>
  Object.entries(changes).flatMap(([symptom, limits]) => {
    if (!symptomIds.includes(symptom as SymptomId))
      return [unknownName(['thresholds', symptom], 'symptom', symptomIds)];
    const names = Object.keys(symptoms[symptom as SymptomId].thresholds);
    return Object.keys(limits)
      .filter(name => !names.includes(name))
      .map(name => unknownName(['thresholds', symptom, name], 'threshold', names));
  });
