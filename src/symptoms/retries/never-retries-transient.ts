// A second attempt would have got through, and none is made. Advice, not a fault: a library may leave it to its user.

import {attemptCounts} from '../../measures/attempts.ts';
import {counted, firstIds, found, grouped, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure, phasesOf} from '../../measures/measure.ts';
import type {Fault} from '../../model/fault.ts';
import type {Detector} from '../../model/finding.ts';
import {outcomeCode} from '../../model/outcome.ts';
import {inconclusive, presentIf} from '../finding.ts';

const cutting: readonly Fault['kind'][] = [
  'resetPeer',
  'resetAfter',
  'closeAfter',
  'halfClose',
  'dropKeepAlive',
  'httpFault',
];

/** So that another attempt would find a network that works. */
const isTransient = (fault: Fault): boolean =>
  cutting.includes(fault.kind) &&
  'probability' in fault &&
  (fault.probability <= 0.5 || (fault.nth ?? 0) > 1 || (fault.firstN ?? 0) > 0 || (fault.hitLimit ?? 0) > 0);

export const neverRetriesTransient: Detector<'never-retries-transient'> = (trial, {failedCount}) => {
  const symptom = 'never-retries-transient';
  if (!trial.plan.operation.idempotent) {
    return inconclusive(symptom, 'the operation is not idempotent, so retrying it may do harm');
  }
  const phases = phasesOf(trial, 'fault').filter(phase => {
    const {faults} = trial.plan.phases[phase]!;
    return faults.length > 0 && faults.every(isTransient);
  });
  if (phases.length === 0) return inconclusive(symptom, 'no phase cuts only some of the connections');
  const witnesses = attemptCounts(trial);
  if (witnesses.length === 0) {
    return inconclusive(symptom, 'neither the target nor the library reports attempts');
  }
  const {outcomes, operationPhases} = trial.driver;
  const lost = [outcomeCode('failed'), outcomeCode('unknown')];
  const given = phases.flatMap(phase => {
    const driver = new DriverMeasure(trial, [phase]);
    const failed = driver.count('failed') + driver.count('unknown');
    const isOf = (index: number): boolean => operationPhases[index] === phase;
    const retried = witnesses.some(({counts}) => counts.some((count, index) => count > 1 && isOf(index)));
    if (failed <= failedCount || retried) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'driver',
        statement: `${grouped(failed)} of ${counted(driver.total('started'), 'operation')} in phase ${name} failed after one attempt, while others got through.`,
        value: failed,
        threshold: failedCount,
        unit: 'count',
        count: driver.total('started'),
        operations: firstIds(trial, index => isOf(index) && lost.some(code => code === outcomes[index])),
      }),
    ];
  });
  return presentIf(symptom, 'warn', worstFirst(given));
};
