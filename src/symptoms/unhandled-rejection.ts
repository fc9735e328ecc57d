// A promise of the library is rejected, and nobody handles it.
import type {Detector} from '../model/finding.ts';
import {phaseAt} from './phase-at.ts';
import {counted, found, presentIf} from './say.ts';

export const unhandledRejection: Detector<'unhandled-rejection'> = (trial, {rejectionCount: threshold}) => {
  const {unhandledRejections: rejections} = trial;
  const first = rejections[0];
  if (!first || rejections.length <= threshold) return presentIf('unhandled-rejection', 'fail', []);
  const {name, code, message} = first.error;
  return presentIf('unhandled-rejection', 'fail', [
    found(phaseAt(trial, first.atMs), {
      witness: 'system',
      says: `${counted(rejections.length, 'rejection')} that nobody handled, the first with ${[name, code, message].filter(Boolean).join(' ')}.`,
      value: rejections.length,
      threshold,
      unit: 'count',
      count: rejections.length,
    }),
  ]);
};
