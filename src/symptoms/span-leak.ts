// Spans that are open when all operations have settled, and before the library is closed.
import type {Detector} from '../model/finding.ts';
import {calmSpans, examplesOf, Tally, viewOperations} from './operation-telemetry.ts';
import {counted, inconclusive, presentIf} from './say.ts';
import {openAfterDrain, operationsGap} from './telemetry-account.ts';

export const spanLeak: Detector<'span-leak'> = (trial, {spanCount: threshold}) => {
  const gap = operationsGap(trial);
  const {drained} = trial.driver;
  if (gap !== null) return inconclusive('span-leak', gap);
  if (!drained) return inconclusive('span-leak', 'the trial did not come to its end');
  const open = openAfterDrain(trial);
  if (open === null)
    return inconclusive('span-leak', 'the SDK did not say how many spans were open after the load');
  const view = viewOperations(trial);
  // An operation that has not settled has its spans open with good reason.
  const due = drained.inFlight * Math.max(1, Math.ceil((view && calmSpans(trial, view).perOperation) ?? 1));
  const leaked = open - due;
  if (leaked <= threshold) return presentIf('span-leak', 'warn', []);
  const without = new Tally();
  view?.eachSettled(operation => {
    if (operation.attempts > 0 && operation.spans === 0) without.add(operation);
  });
  return presentIf('span-leak', 'warn', [
    {
      phase: 'drain',
      evidence: {
        witness: 'telemetry',
        says: `${counted(open, 'span')} open after the load, with ${counted(drained.inFlight, 'operation')} in flight.`,
        value: leaked,
        threshold,
        unit: 'count',
        count: open,
        ...examplesOf(trial, without),
      },
    },
  ]);
};
