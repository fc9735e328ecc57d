// A scenario's own thresholds: which symptoms and names there are.
import {didYouMean} from '../model/suggestions.ts';
import {type SymptomId, symptomIds, symptoms, type ThresholdChanges} from '../model/symptoms.ts';

export const thresholdMistakes = (changes: ThresholdChanges): string[] =>
  Object.entries(changes).flatMap(([symptom, limits]) => {
    if (!symptomIds.includes(symptom as SymptomId)) {
      return [`thresholds.${symptom}: there is no such symptom. ${didYouMean(symptom, symptomIds)}`];
    }
    const names = Object.keys(symptoms[symptom as SymptomId].thresholds);
    return Object.keys(limits)
      .filter(name => !names.includes(name))
      .map(name => `thresholds.${symptom}.${name}: there is no such threshold. ${suggestion(name, names)}`);
  });

const suggestion = (name: string, names: readonly string[]): string =>
  names.length === 0 ? 'This symptom has none.' : didYouMean(name, names);
