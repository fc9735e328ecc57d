// The subject's process crashed: an exit, an uncaught exception, an unhandled 'error' event, a signal.

import {phaseAt} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const processCrash: Detector<'process-crash'> = trial => {
  const {end, exit} = trial;
  if (end.kind !== 'crashed' || end.outOfMemory) return clear('process-crash');
  if (trial.edges.length === 0) {
    return inconclusive('process-crash', 'the process ended before the load, on a calm network');
  }
  const how = end.signal === null ? `with exit code ${end.exitCode}` : `with signal ${end.signal}`;
  const why = end.error
    ? `: ${[end.error.name, end.error.code, end.error.message].filter(Boolean).join(': ')}`
    : '';
  return presentIf('process-crash', 'fail', [
    {
      phase: phaseAt(trial, exit?.atMs ?? 0),
      evidence: {
        witness: 'system',
        statement: `The process crashed ${how}${why}.`,
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: [],
      },
    },
  ]);
};
