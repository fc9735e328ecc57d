// Spans that are open when all operations have settled and the library is not closed yet; and spans that are ended again.

import {counted, type Found, found, phaseName} from '../../measures/evidence.ts';
import {type Examples, examplesOfSpans} from '../../measures/example-spans.ts';
import {calmSpans, examplesOf, Tally, viewOperations} from '../../measures/operation-telemetry.ts';
import {openAfterDrain, operationsGap, spanAccount} from '../../measures/telemetry-account.ts';
import type {Detector} from '../../model/finding.ts';
import {endedAgainEvent, type OpenSpans} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const spanLeak: Detector<'span-leak'> = (trial, {spanCount: threshold}) => {
  const gap = operationsGap(trial);
  if (gap !== null) return inconclusive('span-leak', gap);
  const again = endedAgain(trial, threshold);
  const open = openSpans(trial);
  if (typeof open === 'string' && again.length === 0) return inconclusive('span-leak', open);
  const {startedCount, endedCount} = spanAccount(trial)!;
  const isKnown = typeof open !== 'string';
  const leaks = isKnown && open.leaked > threshold ? [leakOf(open, threshold)] : [];
  return presentIf(
    'span-leak',
    'warn',
    [...leaks, ...again],
    [
      ...(isKnown
        ? [
            {
              what: 'started spans that are still open after the load',
              count: startedCount,
              differingCount: Math.max(0, open.leaked),
              ...open.examples,
            },
          ]
        : []),
      {
        what: 'ended spans and how often they were ended',
        count: endedCount,
        differingCount: againCount(trial),
        ...againExamples(trial),
      },
    ],
  );
};

type Open = {
  readonly open: number;
  readonly inFlight: number;
  readonly leaked: number;
  readonly examples: Examples;
};

const spansAfterLoad = (trial: Trial): OpenSpans | null => {
  const looked = trial.telemetry?.openAfterLoad ?? null;
  if (looked) return looked;
  const openCount = openAfterDrain(trial);
  return openCount === null ? null : {openCount, endedLaterCount: 0};
};

/** Or why it is not known. */
const openSpans = (trial: Trial): Open | string => {
  const {drained} = trial.driver;
  if (!drained) return 'the trial did not run to its end';
  const {openCount: open, endedLaterCount} = spansAfterLoad(trial) ?? {openCount: null, endedLaterCount: 0};
  if (open === null) return 'the SDK did not report how many spans were open after the load';
  const view = viewOperations(trial);
  // An operation that has not settled has its spans open with good reason.
  const due = drained.inFlight * Math.max(1, Math.ceil((view && calmSpans(trial, view).perOperation) ?? 1));
  // Spans that have ended by the time of the second look were no more than under way.
  const leaked = open - endedLaterCount - due;
  const without = new Tally();
  if (leaked > 0) {
    view?.eachSettled(operation => {
      if (operation.attempts > 0 && operation.spans === 0) without.add(operation);
    });
  }
  return {
    open: open - endedLaterCount,
    inFlight: drained.inFlight,
    leaked,
    examples: examplesOf(trial, without),
  };
};

const leakOf = ({open, inFlight, leaked, examples}: Open, threshold: number): Found =>
  found('drain', {
    witness: 'telemetry',
    statement: `${counted(open, 'span')} still open after the load, with ${counted(inFlight, 'operation')} in flight.`,
    value: leaked,
    threshold,
    unit: 'count',
    count: open,
    ...examples,
  });

const againOf = ({telemetry}: Trial) =>
  (telemetry?.logs?.counts ?? []).filter(({eventName}) => eventName === endedAgainEvent);

const againCount = (trial: Trial): number => againOf(trial).reduce((sum, {count}) => sum + count, 0);

/** The SDK treats the second end as an error of the caller, and leaves the span as the first one found it. */
const againExamples = (trial: Trial): Examples => {
  const told = (trial.telemetry?.logs?.entries ?? []).flatMap(({eventName, traceId}) =>
    eventName === endedAgainEvent && traceId !== null ? [{traceId}] : [],
  );
  return examplesOfSpans(trial, told);
};

const endedAgain = (trial: Trial, threshold: number): Found[] =>
  againOf(trial)
    .filter(({count}) => count > threshold)
    .sort((a, b) => b.count - a.count)
    .map(({phase, count}) =>
      found(phaseName(trial, phase), {
        witness: 'telemetry',
        statement: `${counted(count, 'span')} of phase ${phaseName(trial, phase)} ${count === 1 ? 'was' : 'were'} ended more than once.`,
        value: count,
        threshold,
        unit: 'count',
        count,
        ...againExamples(trial),
      }),
    );
