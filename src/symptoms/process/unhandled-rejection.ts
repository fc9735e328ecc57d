// A promise of the library is rejected, and the rejection is not handled.

import {counted, found, phaseAt} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, presentIf} from '../finding.ts';

export const unhandledRejection: Detector<'unhandled-rejection'> = (trial, {rejectionCount: threshold}) => {
  const {unhandledRejections: rejections} = trial;
  const first = rejections[0];
  if (!first || rejections.length <= threshold) return clear('unhandled-rejection');
  const {name, code, message} = first.error;
  return presentIf('unhandled-rejection', 'fail', [
    found(phaseAt(trial, first.atMs), {
      witness: 'system',
      statement: `${counted(rejections.length, 'unhandled rejection')}, the first with ${[name, code, message].filter(Boolean).join(' ')}.`,
      value: rejections.length,
      threshold,
      unit: 'count',
      count: rejections.length,
    }),
  ]);
};
