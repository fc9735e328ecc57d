// Attempts that the target saw and the library's spans do not show. HTTP's conventions ask for a span for each
// attempt; the others for one for each call, its retries included.

import {counted, grouped, phaseName} from '../../measures/evidence.ts';
import {
  examplesOf,
  type OperationTelemetryView,
  type OperationView,
  Tally,
  viewOperations,
} from '../../measures/operation-telemetry.ts';
import {operationsGap} from '../../measures/telemetry-account.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

const dueSpans = ({attempts}: OperationView, spanOf: OperationTelemetryView['spanOf']): number =>
  spanOf === 'attempt' ? attempts : Math.min(1, attempts);

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

export const hiddenAttempts: Detector<'hidden-attempts'> = (trial, {hiddenShare: threshold}) => {
  const gap = operationsGap(trial);
  const view = gap === null ? viewOperations(trial) : null;
  if (!view) return inconclusive('hidden-attempts', gap ?? 'nothing is known about individual operations');
  const byPhase = trial.plan.phases.map(() => ({hidden: new Tally(), dueCount: 0, hiddenCount: 0}));
  view.eachSettled(operation => {
    const ofPhase = byPhase[operation.phase];
    if (!ofPhase) return;
    const due = dueSpans(operation, view.spanOf);
    ofPhase.dueCount += due;
    if (operation.spans >= due) return;
    ofPhase.hidden.add(operation);
    ofPhase.hiddenCount += due - operation.spans;
  });
  const found = byPhase
    .map((sums, phase) => ({
      phase,
      share: sums.dueCount === 0 ? 0 : sums.hiddenCount / sums.dueCount,
      ...sums,
    }))
    .filter(({share}) => share > threshold)
    .sort((a, b) => b.share - a.share)
    .map(({phase, hidden, dueCount, hiddenCount, share}) => ({
      phase: phaseName(trial, phase),
      evidence: {
        witness: 'telemetry' as const,
        statement: `${grouped(hiddenCount)} of ${counted(dueCount, view.spanOf)} in phase ${phaseName(trial, phase)} have no span in the trace of their operation.`,
        value: share,
        threshold,
        unit: 'share' as const,
        count: dueCount,
        ...examplesOf(trial, hidden),
      },
    }));
  const hidden = Tally.of(byPhase.map(sums => sums.hidden));
  return presentIf('hidden-attempts', 'warn', found, [
    {
      what: `${view.spanOf}s and their spans`,
      count: sumOf(byPhase.map(({dueCount}) => dueCount)),
      differingCount: sumOf(byPhase.map(({hiddenCount}) => hiddenCount)),
      ...examplesOf(trial, hidden),
    },
  ]);
};
