// close() does not end the library: it takes too long, or the process stays alive; or a program does not end after SIGTERM.

import {closingPhaseName, faultWindow, isSilent, leavesServerSilent} from '../../measures/closing.ts';
import {counted, duration, type Found, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {aftermathDoubt, aftermathMs, isAftermath} from '../../measures/network-aftermath.ts';
import type {SlowClose} from '../../model/client-witness.ts';
import type {Detector, Finding} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const closeHangs: Detector<'close-hangs'> = (trial, limits) => {
  const slow = trial.clients?.slowCloses ?? [];
  const hanging = slow.filter(close => calmMsOf(trial, close) > limits.closeMs);
  const last = ofLastClient(trial, limits);
  if (hanging.length === 0) {
    return slow.length > 0 && last.verdict === 'clear'
      ? inconclusive(
          'close-hangs',
          `close() of ${counted(slow.length, 'client')} took more than ${duration(limits.closeMs)}, but a fault kept the server silent meanwhile, and it may have waited for answers`,
        )
      : last;
  }
  return presentIf('close-hangs', 'fail', [
    ...ofComingClients(trial, hanging, limits),
    ...(last.verdict === 'present' ? last.evidence.map(evidence => ({phase: evidence.phase, evidence})) : []),
  ]);
};

const ofLastClient = (trial: Trial, {closeMs, exitMs}: Thresholds<'close-hangs'>): Finding => {
  const {closing, end, exit} = trial;
  if (!closing || end.kind !== 'completed') {
    return inconclusive('close-hangs', 'the trial did not run to its end');
  }
  const bySignal = closing.sigterm !== undefined;
  const threshold = bySignal ? exitMs : closeMs;
  const hangs: Found[] = [];
  const {durationMs, underLoad} = closing;
  const phase = closingPhaseName(trial);
  if (end.close === 'hung' || durationMs > threshold) {
    const calmMs = underLoad ? closing.startMs + durationMs - underLoad.calmMs : durationMs;
    // An answer that the fault kept from it is not the library's: only what it does without the fault is.
    if (underLoad && leavesServerSilent(trial) && calmMs <= threshold) {
      return inconclusive('close-hangs', silenceGap(trial, end.close, durationMs, calmMs));
    }
    const calm = underLoad && calmMs > 0 ? `${duration(calmMs)} after the fault had ended` : null;
    const statement =
      end.close === 'hung'
        ? `${notDone(bySignal)} after ${duration(durationMs)}${calm === null ? '' : `, and ${calm}`}.`
        : `${took(bySignal, durationMs)}${calm === null ? '' : `, ${bySignal ? 'which was' : 'and returned'} ${calm}`}.`;
    hangs.push(
      found(phase, {witness: 'system', statement, value: durationMs, threshold, unit: 'ms', count: 1}),
    );
  }
  // One that was sent SIGTERM was to end at once, and that it did not has been said.
  if (exit?.killedFor === 'lingering' && !bySignal) {
    const value = exit.atMs - closing.startMs - durationMs;
    const statement = `The process was still running ${duration(value)} after close() and had to be killed.`;
    hangs.push(found(phase, {witness: 'system', statement, value, threshold, unit: 'ms', count: 1}));
  }
  if (hangs.length > 0 && isAftermath(trial, closing.startMs)) {
    return inconclusive('close-hangs', `it did not end in time, but ${aftermathDoubt}`);
  }
  return presentIf('close-hangs', 'fail', hangs);
};

const notDone = (bySignal: boolean): string =>
  bySignal ? 'The program had not ended on SIGTERM' : 'close() had not returned';

const took = (bySignal: boolean, ms: number): string =>
  bySignal ? `The program took ${duration(ms)} to end after SIGTERM` : `close() took ${duration(ms)}`;

const silenceGap = (
  {closing}: Trial,
  result: 'resolved' | 'failed' | 'hung',
  durationMs: number,
  calmMs: number,
): string => {
  const bySignal = closing?.sigterm !== undefined;
  const what = result === 'hung' ? notDone(bySignal) : took(bySignal, durationMs);
  const said = what.replace(/^The/, 'the');
  return result === 'hung'
    ? `${said} after ${duration(durationMs)}, but it was watched for only ${duration(Math.max(0, calmMs))} without the fault, which kept the server silent`
    : `${said}, but the fault kept the server silent meanwhile, and it may have waited for answers`;
};

/** Of clients that come and go, by the phase in which they were closed. */
const ofComingClients = (
  trial: Trial,
  hanging: readonly SlowClose[],
  {closeMs}: Thresholds<'close-hangs'>,
): Found[] =>
  worstFirst(
    [...Map.groupBy(hanging, ({phase}) => phase)].map(([phase, closes]) => {
      const name = phaseName(trial, phase);
      const longestMs = Math.max(...closes.map(({startMs, untilMs}) => untilMs - startMs));
      const pending = closes.filter(({hasSettled}) => !hasSettled).length;
      const {closes: count = closes.length} = trial.clients?.phases.find(of => of.phase === phase) ?? {};
      return found(name, {
        witness: 'driver',
        statement: `close() of ${closes.length} of ${counted(count, 'client')} that phase ${name} closed took more than ${duration(closeMs)}, up to ${duration(longestMs)}${pending === 0 ? '' : `; ${pending} never returned`}.`,
        value: longestMs,
        threshold: closeMs,
        unit: 'ms',
        count,
      });
    }),
  );

/** How long it took, or was watched, without a fault that may keep from it what it waits for. */
const calmMsOf = (trial: Trial, {startMs, untilMs}: SlowClose): number => {
  const silences = trial.plan.phases.flatMap((phase, index) => {
    const window = isSilent(phase) ? faultWindow(trial, index) : null;
    if (window === null || window.startMs > untilMs) return [];
    return [window.endMs + aftermathMs(trial, index + 1)];
  });
  return untilMs - Math.max(startMs, ...silences);
};
