// What the telemetry tells of single operations, side by side with the driver's and the target's books.
import {outcomeCode} from '../model/outcome.ts';
import {operationMarks, traceIdOfOperation} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {isWarmUp, ledgerGap, phasesOf} from './measure.ts';

export type OperationView = {
  readonly index: number;
  readonly phase: number;
  readonly outcome: number;
  /** As the target saw them; where it keeps no ledger, one for each operation that succeeded. */
  readonly attempts: number;
  /** HTTP's spans, where the library makes any: one is due for each attempt. Otherwise calls: one is due for each operation. */
  readonly spans: number;
  readonly marks: number;
};

export type OperationTelemetryView = {
  /** What one span of the library stands for. */
  readonly spanOf: 'attempt' | 'call';
  /** Operations that settled, outside of warm-ups. */
  readonly settled: readonly OperationView[];
};

const okCode = outcomeCode('ok');
const unsettled: readonly number[] = [0, outcomeCode('hung')];

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** Null where the telemetry keeps nothing of single operations: see `operationsGap`. */
export const viewOperations = (trial: Trial): OperationTelemetryView | null => {
  const {telemetry, driver, ledger} = trial;
  if (!telemetry?.operations) return null;
  const {operations, spansPerOperation} = telemetry;
  const [http, calls, marks] = [
    bytes(operations.httpSpans),
    bytes(operations.callSpans),
    bytes(operations.marks),
  ];
  const isSomewhere = (counts: Uint8Array): boolean => counts.some(count => count > 0);
  const spanOf = isSomewhere(http) || !isSomewhere(calls) ? 'attempt' : 'call';
  // A library that follows no conventions at least makes a span of some kind.
  const spans = isSomewhere(http) ? http : isSomewhere(calls) ? calls : bytes(spansPerOperation);
  const attempts = ledger && ledgerGap(trial) === null ? ledger.attempts : null;
  const warmUps = trial.plan.phases.map((_, phase) => isWarmUp(trial, phase));
  const settled: OperationView[] = [];
  for (const [index, outcome] of driver.outcomes.entries()) {
    const phase = driver.operationPhases[index]!;
    if (unsettled.includes(outcome) || warmUps[phase]) continue;
    settled.push({
      index,
      phase,
      outcome,
      attempts: attempts ? (attempts[index] ?? 0) : outcome === okCode ? 1 : 0,
      spans: spans[index] ?? 0,
      marks: marks[index] ?? 0,
    });
  }
  return {spanOf, settled};
};

export const hasMark = ({marks}: OperationView, mark: keyof typeof operationMarks): boolean =>
  (marks & operationMarks[mark]) !== 0;

/** How many spans a calm operation has on average; null without a calm operation. */
export const calmSpansPerOperation = (trial: Trial, {settled}: OperationTelemetryView): number | null => {
  const baselines = phasesOf(trial, 'baseline');
  const calm = settled.filter(({phase}) => baselines.includes(phase));
  return calm.length === 0 ? null : calm.reduce((sum, {spans}) => sum + spans, 0) / calm.length;
};

/** The share of calm operations that have exactly one span; 0 without a calm operation. */
export const calmShareWithOneSpan = (trial: Trial, {settled}: OperationTelemetryView): number => {
  const baselines = phasesOf(trial, 'baseline');
  const calm = settled.filter(({phase}) => baselines.includes(phase));
  return calm.length === 0 ? 0 : calm.filter(({spans}) => spans === 1).length / calm.length;
};

const examplesShown = 3;

/** The first of some operations, by their ids and those of their traces. */
export const examplesOf = (
  trial: Trial,
  operations: readonly Pick<OperationView, 'index'>[],
): {readonly operations: readonly string[]; readonly traces: readonly string[]} => {
  const shown = operations.slice(0, examplesShown);
  return {
    operations: shown.map(({index}) => `${trial.id}-${index}`),
    traces: shown.map(({index}) => traceIdOfOperation(trial.tracePrefix, index)),
  };
};
