// A peer falls silent, and the library waits without end: nothing that began in the silence ever ended by itself.
// Judged for the first variant only, which stands for what a user gets without settings.

import {counted, duration, found, operationsWith, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {FaultKind} from '../../model/fault-defaults.ts';
import type {Detector} from '../../model/finding.ts';
import {hungAfterMs} from '../../model/plan.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const silent: readonly FaultKind[] = ['stall', 'blackhole', 'halfOpen'];

export const noDefaultTimeout: Detector<'no-default-timeout'> = (trial, {unsettledCount: threshold}) => {
  if (trial.plan.variants[0].name !== trial.variant) {
    return inconclusive('no-default-timeout', 'only the first variant represents the defaults');
  }
  const limitMs = hungAfterMs(trial.plan.operation);
  const phases = phasesOf(trial, 'fault').filter(phase => {
    const window = phaseWindow(trial, phase);
    const isSilent = trial.plan.phases[phase]!.faults.some(({kind}) => silent.includes(kind));
    return isSilent && window !== null && window.endMs - window.startMs > limitMs;
  });
  if (phases.length === 0) {
    return inconclusive(
      'no-default-timeout',
      `no phase with a silent peer (stall, blackhole, halfOpen) lasts longer than ${duration(limitMs)}`,
    );
  }
  const waiting = phases.flatMap(phase => {
    const hung = trial.driver.phases.find(figures => figures.phase === phase)?.outcomes.hung ?? 0;
    if (hung <= threshold || timedOutLate(trial, phase)) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'driver',
        statement: `${counted(hung, 'operation')} of phase ${name} waited for a silent peer, and none timed out while it was silent.`,
        value: hung,
        threshold,
        unit: 'count',
        count: hung,
        operations: operationsWith(trial, phase, 'hung'),
      }),
    ];
  });
  return presentIf('no-default-timeout', 'warn', worstFirst(waiting));
};

/** A library with a long time-out does have one. */
const timedOutLate = (trial: Trial, phase: number): boolean =>
  trial.driver.failures.some(
    ({status, error, countByPhase}) =>
      status === 'hung' &&
      (countByPhase[phase] ?? 0) > 0 &&
      /time.?out|timed.?out|deadline|abort/i.test([error.name, error.code, error.message].join(' ')),
  );
