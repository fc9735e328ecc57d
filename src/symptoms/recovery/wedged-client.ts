// The library never comes back, while a fresh client gets through the same proxy.

import {type Found, found, phaseName} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import {aftermathMs} from '../../measures/network-aftermath.ts';
import {doubtMs, probesIn, type Silence, silencesOf} from '../../measures/quiet-spans.ts';
import type {Detector, Finding} from '../../model/finding.ts';
import {thresholdsOf} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const wedgedClient: Detector<'wedged-client'> = (trial, {wedgedMs, controlShare}) => {
  const gap = recoveryGap(trial);
  if (gap !== null) return inconclusive('wedged-client', gap);
  const silences = silencesOf(trial);
  const long = silences.filter(silence => silence.quietMs > limitOf(trial, silence, wedgedMs));
  const proven = wedgesOf(trial);
  if (proven.length > 0) {
    return presentIf(
      'wedged-client',
      'fail',
      proven.map(silence => foundOf(trial, silence, limitOf(trial, silence, wedgedMs))),
    );
  }
  const [doubtful] = long;
  if (doubtful) return inconclusive('wedged-client', controlGap(trial, doubtful, controlShare)!);
  return unseen('wedged-client', trial, silences.at(-1), wedgedMs) ?? clear('wedged-client');
};

/** For how long nothing may succeed. */
export const limitOf = (trial: Trial, {calm, phase}: Silence, limitMs: number): number =>
  limitMs + aftermathMs(trial, calm.at(-1)?.phase ?? phase);

/** Silences in which the client was wedged, as the thresholds of the plan have it. */
export const wedgesOf = (trial: Trial): Silence[] => {
  const {wedgedMs, controlShare} = thresholdsOf('wedged-client', trial.plan.thresholds);
  return silencesOf(trial).filter(
    silence =>
      silence.quietMs > limitOf(trial, silence, wedgedMs) &&
      controlGap(trial, silence, controlShare) === null,
  );
};

/** Why nothing can be said about the recovery; null where one was seen. */
export const recoveryGap = (trial: Trial): string | null => {
  const recoveries = phasesOf(trial, 'recovery');
  if (trial.cut === 'died' && recoveries.length === 0) return 'the process ended before a recovery';
  if (recoveries.length === 0) return 'the scenario has no recovery phase';
  return recoveries.some(phase => phaseWindow(trial, phase))
    ? null
    : 'the trial did not reach a recovery phase';
};

/** A last silence that was not watched for long enough, or recoveries before which the process ended. */
export const unseen = (
  symptom: 'wedged-client' | 'silent-consumer',
  trial: Trial,
  last: Silence | undefined,
  limitMs: number,
): Finding | null => {
  if (last?.isLast && last.quietMs >= doubtMs) {
    return inconclusive(
      symptom,
      `nothing succeeded in the last ${seconds(last.quietMs)} without a fault, since phase ${phaseName(trial, last.phase)}, but more than ${seconds(limitOf(trial, last, limitMs))} are needed to be sure`,
    );
  }
  const missed = phasesOf(trial, 'recovery').find(phase => phaseWindow(trial, phase) === null);
  if (missed === undefined) return null;
  return inconclusive(symptom, `the trial did not reach phase ${phaseName(trial, missed)}`);
};

/** Why the control client does not prove that the way was free; null where it does. */
const controlGap = (trial: Trial, silence: Silence, controlShare: number): string | null => {
  if (silence.startMs === 0) return 'nothing succeeded even before the fault';
  const {count, okCount} = probesIn(trial, silence);
  if (count === 0) return 'nothing succeeded for a long time, but no fresh client was tried';
  return okCount / count < controlShare
    ? `a fresh client got through in only ${okCount} of ${count} tries`
    : null;
};

const foundOf = (trial: Trial, silence: Silence, wedgedMs: number): Found => {
  const {phase, quietMs, calm} = silence;
  const {count, okCount} = probesIn(trial, silence);
  const names = [...new Set(calm.map(part => phaseName(trial, part.phase)))];
  const end = silence.isLast ? 'until the end' : 'for a long time';
  return found(phaseName(trial, phase), {
    witness: 'driver',
    statement: `From phase ${phaseName(trial, phase)} on, nothing succeeded ${end}, including ${seconds(quietMs)} without a fault (${listed(names)}), while a fresh client got through in ${okCount} of ${count} tries.`,
    value: quietMs,
    threshold: wedgedMs,
    unit: 'ms',
    count,
  });
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const shownNames = 3;

const listed = (names: readonly string[]): string =>
  names.length <= shownNames
    ? names.join(', ')
    : `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more phases`;
