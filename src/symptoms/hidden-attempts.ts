// Attempts that the target saw and the library's spans do not show.
// HTTP's conventions ask for a span each; the others for one a call, its retries included.
import type {Detector} from '../model/finding.ts';
import {
  examplesOf,
  type OperationTelemetryView,
  type OperationView,
  viewOperations,
} from './operation-telemetry.ts';
import {inconclusive, phaseName, presentIf} from './say.ts';
import {operationsGap} from './telemetry-account.ts';

const dueSpans = ({attempts}: OperationView, spanOf: OperationTelemetryView['spanOf']): number =>
  spanOf === 'attempt' ? attempts : Math.min(1, attempts);

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

export const hiddenAttempts: Detector<'hidden-attempts'> = (trial, {hiddenShare: threshold}) => {
  const gap = operationsGap(trial);
  const view = gap === null ? viewOperations(trial) : null;
  if (!view) return inconclusive('hidden-attempts', gap ?? 'nothing is known of single operations');
  const found = trial.plan.phases
    .map((_, phase) => {
      const operations = view.settled.filter(operation => operation.phase === phase);
      const hidden = operations.filter(operation => operation.spans < dueSpans(operation, view.spanOf));
      const dueCount = total(operations.map(operation => dueSpans(operation, view.spanOf)));
      const hiddenCount = total(hidden.map(operation => dueSpans(operation, view.spanOf) - operation.spans));
      return {phase, hidden, dueCount, hiddenCount, share: dueCount === 0 ? 0 : hiddenCount / dueCount};
    })
    .filter(({share}) => share > threshold)
    .sort((a, b) => b.share - a.share)
    .map(({phase, hidden, dueCount, hiddenCount, share}) => ({
      phase: phaseName(trial, phase),
      evidence: {
        witness: 'telemetry' as const,
        says: `${hiddenCount} of ${dueCount} ${view.spanOf}s in phase ${phaseName(trial, phase)} have no span in the trace of their operation.`,
        value: share,
        threshold,
        unit: 'share' as const,
        count: dueCount,
        ...examplesOf(trial, hidden),
      },
    }));
  return presentIf('hidden-attempts', 'warn', found);
};
