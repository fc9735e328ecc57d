// A scenario's own thresholds: which symptoms and names there are.
import {z} from 'zod';
import {type SymptomId, symptomIds, symptoms} from '../model/symptoms.ts';
import {didYouMean} from './suggestions.ts';

export const thresholdsSchema = z.record(z.string(), z.record(z.string(), z.number().nonnegative()));

export const thresholdMistakes = (changes: z.infer<typeof thresholdsSchema>): string[] =>
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
