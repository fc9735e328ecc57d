// A retry storm: attempts per operation in a fault phase.
// Source: AWS Builders' Library, "Timeouts, retries and backoff with jitter"; Google SRE book, "Addressing cascading failures".

import {type AttemptCounts, attemptCounts, sumOfPhase} from '../../measures/attempts.ts';
import {counted, firstIds, phaseName} from '../../measures/evidence.ts';
import {DriverMeasure, phasesOf} from '../../measures/measure.ts';
import type {Detector, Measured} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

type Found = {readonly phase: string; readonly ratio: number; readonly evidence: Measured};

export const retryAmplification: Detector<'retry-amplification'> = (trial, thresholds) => {
  const witnesses = attemptCounts(trial);
  if (witnesses.length === 0) {
    return inconclusive('retry-amplification', 'neither the target nor the library reports attempts');
  }
  // A request that is refused or lost on its way is an attempt that no target sees: the higher count is the better one.
  const found = phasesOf(trial, 'fault')
    .flatMap(phase => highest(witnesses.map(witness => foundBy(trial, witness, phase, thresholds))))
    .filter(({ratio}) => ratio > thresholds.warnRatio)
    .sort((a, b) => b.ratio - a.ratio);
  const isStorm = found.some(({ratio}) => ratio > thresholds.failRatio);
  return presentIf('retry-amplification', isStorm ? 'fail' : 'warn', found);
};

/** The first of the highest. */
const highest = (candidates: readonly Found[]): Found[] =>
  candidates.toSorted((a, b) => b.ratio - a.ratio).slice(0, 1);

const saw = {
  target: 'The target saw',
  injector: 'Target and injector together saw',
  telemetry: "The library's spans show",
} as const;

const foundBy = (
  trial: Trial,
  {witness, counts}: AttemptCounts,
  index: number,
  {warnRatio, failRatio}: Thresholds<'retry-amplification'>,
): Found => {
  const phase = phaseName(trial, index);
  const started = new DriverMeasure(trial, [index]).total('started');
  const attempts = sumOfPhase(trial, counts, index);
  const ratio = started === 0 ? 0 : attempts / started;
  const retried = (operation: number): boolean =>
    trial.driver.operationPhases[operation] === index && (counts[operation] ?? 0) > 1;
  return {
    phase,
    ratio,
    evidence: {
      witness,
      statement: `${saw[witness]} ${counted(attempts, 'attempt')} for ${counted(started, 'operation')} in phase ${phase}: ${ratio.toFixed(2)} each.`,
      value: ratio,
      threshold: ratio > failRatio ? failRatio : warnRatio,
      unit: 'ratio',
      count: started,
      operations: firstIds(trial, retried),
    },
  };
};
