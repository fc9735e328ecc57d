// close() does not end the library: it takes too long, or the process stays alive.

import {duration, type Found, found} from '../../measures/evidence.ts';
import {aftermathDoubt, isAftermath} from '../../measures/network-aftermath.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const closeHangs: Detector<'close-hangs'> = (trial, {closeMs}) => {
  const {closing, end, exit} = trial;
  if (!closing || end.kind !== 'completed') {
    return inconclusive('close-hangs', 'the trial did not run to its end');
  }
  const hangs: Found[] = [];
  const {durationMs} = closing;
  if (end.close === 'hung' || durationMs > closeMs) {
    const statement =
      end.close === 'hung'
        ? `close() had not returned after ${duration(durationMs)}.`
        : `close() took ${duration(durationMs)}.`;
    hangs.push(
      found('drain', {
        witness: 'system',
        statement,
        value: durationMs,
        threshold: closeMs,
        unit: 'ms',
        count: 1,
      }),
    );
  }
  if (exit?.killedFor === 'lingering') {
    const value = exit.atMs - closing.startMs - durationMs;
    const statement = `The process was still running ${duration(value)} after close() and had to be killed.`;
    hangs.push(
      found('drain', {witness: 'system', statement, value, threshold: closeMs, unit: 'ms', count: 1}),
    );
  }
  if (hangs.length > 0 && isAftermath(trial, closing.startMs)) {
    return inconclusive('close-hangs', `it did not end in time, but ${aftermathDoubt}`);
  }
  return presentIf('close-hangs', 'fail', hangs);
};
