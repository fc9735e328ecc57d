// close() does not end the library: it takes too long, or the process stays alive.

import {closingPhaseName, leavesServerSilent} from '../../measures/closing.ts';
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
  const {durationMs, underLoad} = closing;
  const phase = closingPhaseName(trial);
  if (end.close === 'hung' || durationMs > closeMs) {
    const calmMs = underLoad ? closing.startMs + durationMs - underLoad.calmMs : durationMs;
    // An answer that the fault kept from it is not the library's: only what it does without the fault is.
    if (underLoad && leavesServerSilent(trial) && calmMs <= closeMs) {
      return inconclusive('close-hangs', silenceGap(end.close, durationMs, calmMs));
    }
    const calm = underLoad && calmMs > 0 ? `${duration(calmMs)} after the fault had ended` : null;
    const statement =
      end.close === 'hung'
        ? `close() had not returned after ${duration(durationMs)}${calm === null ? '' : `, and ${calm}`}.`
        : `close() took ${duration(durationMs)}${calm === null ? '' : `, until ${calm}`}.`;
    hangs.push(
      found(phase, {
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
    hangs.push(found(phase, {witness: 'system', statement, value, threshold: closeMs, unit: 'ms', count: 1}));
  }
  if (hangs.length > 0 && isAftermath(trial, closing.startMs)) {
    return inconclusive('close-hangs', `it did not end in time, but ${aftermathDoubt}`);
  }
  return presentIf('close-hangs', 'fail', hangs);
};

const silenceGap = (result: 'resolved' | 'failed' | 'hung', durationMs: number, calmMs: number): string =>
  result === 'hung'
    ? `close() had not returned after ${duration(durationMs)}, but it was watched for only ${duration(Math.max(0, calmMs))} without the fault, which kept the server silent`
    : `close() took ${duration(durationMs)}, but the fault kept the server silent meanwhile, and it may have waited for answers`;
