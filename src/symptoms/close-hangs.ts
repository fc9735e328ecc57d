// close() does not end it: it takes too long, the process stays alive, or the library connects again afterwards.
import type {Detector} from '../model/finding.ts';
import type {Trial} from '../model/trial.ts';
import {counted, type Found, found, inconclusive, presentIf} from './say.ts';

/** The injector's clock and the subject's agree to this much. */
const clockSlackMs = 50;

export const closeHangs: Detector<'close-hangs'> = (trial, {closeMs, connectCount}) => {
  const {closing, end, exit} = trial;
  if (!closing || end.kind !== 'completed') {
    return inconclusive('close-hangs', 'the trial did not come to its end');
  }
  const hangs: Found[] = [];
  const {durationMs} = closing;
  if (end.close === 'hung' || durationMs > closeMs) {
    const says =
      end.close === 'hung'
        ? `close() had not settled after ${Math.round(durationMs)} ms.`
        : `close() took ${Math.round(durationMs)} ms.`;
    hangs.push(
      found('drain', {witness: 'system', says, value: durationMs, threshold: closeMs, unit: 'ms', count: 1}),
    );
  }
  if (exit?.killedFor === 'lingering') {
    const value = exit.atMs - closing.startMs - durationMs;
    const says = `The process was still alive ${Math.round(value)} ms after close(), and had to be ended.`;
    hangs.push(found('drain', {witness: 'system', says, value, threshold: closeMs, unit: 'ms', count: 1}));
  }
  const late = connectsAfter(trial, closing.startMs + durationMs + clockSlackMs);
  const connects = late.length;
  if (connects > connectCount) {
    const says = `${counted(connects, 'connection')} made after close() had settled.`;
    const value = connects;
    hangs.push(
      found('drain', {
        witness: 'injector',
        says,
        value,
        threshold: connectCount,
        unit: 'count',
        count: value,
        connections: late.slice(0, 3),
      }),
    );
  }
  return presentIf('close-hangs', 'fail', hangs);
};

const connectsAfter = ({injectorLog, originEpochMs}: Trial, atMs: number): number[] =>
  (injectorLog?.connections ?? []).filter(({openedMs}) => openedMs - originEpochMs > atMs).map(({id}) => id);
