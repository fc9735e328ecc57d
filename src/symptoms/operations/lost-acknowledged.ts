// The library says that it is done, and the server has nothing of it; or the consumer never got it.

import {causeUntil} from '../../measures/cause-phase.ts';
import {missingDeliveries} from '../../measures/deliveries.ts';
import {effectCounts, hasEffectEach} from '../../measures/effects.ts';
import {worstFirst} from '../../measures/evidence.ts';
import {effectsGap} from '../../measures/measure.ts';
import {operationsByPhase} from '../../measures/operations-by-phase.ts';
import {forgottenBy} from '../../measures/server-outings.ts';
import {latestStarts} from '../../measures/start-times.ts';
import type {Detector} from '../../model/finding.ts';
import {outcomeCode} from '../../model/outcome.ts';
import {hungAfterMs} from '../../model/plan.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const lostAcknowledged: Detector<'lost-acknowledged'> = (trial, {lostCount: threshold}) => {
  const effects = effectCounts(trial);
  if (!effects) return inconclusive('lost-acknowledged', effectsGap(trial) ?? 'effects were not recorded');
  if (!trial.verified && !hasEffectEach(trial, effects)) {
    return inconclusive('lost-acknowledged', 'not every operation takes effect, even on a calm network');
  }
  const {outcomes} = trial.driver;
  const ok = outcomeCode('ok');
  const isApplied = (index: number): boolean => (effects.counts[index] ?? 0) > 0;
  const latestStartMs = latestStarts(trial);
  const reachMs = hungAfterMs(trial.plan.operation);
  // What was acknowledged on a calm network may still have been on its way when the fault came.
  const phaseOf = (index: number): number =>
    causeUntil(trial, index, (latestStartMs(index) ?? Number.NEGATIVE_INFINITY) + reachMs);
  const lost = operationsByPhase(trial, index => outcomes[index] === ok && !isApplied(index), {
    witness: effects.witness,
    threshold,
    phaseOf,
    statement: (count, phase) => `${count} of phase ${phase} acknowledged but not applied.`,
  });
  const missing = missingDeliveries(trial);
  const undelivered =
    missing?.kind === 'known'
      ? operationsByPhase(trial, index => isApplied(index) && missing.shows(index), {
          witness: 'driver',
          threshold,
          phaseOf,
          statement: (count, phase) =>
            `${count} of phase ${phase} acknowledged and applied, but neither delivered to the consumer nor left in its queue.`,
        })
      : [];
  const all = worstFirst([...lost, ...undelivered]);
  const forgotten = all.length > 0 ? forgottenBy(trial) : null;
  if (forgotten !== null) return inconclusive('lost-acknowledged', forgotten);
  if (all.length === 0 && missing?.kind === 'unknown') {
    return inconclusive('lost-acknowledged', missing.reason);
  }
  return presentIf('lost-acknowledged', 'fail', all);
};
