// What the telemetry says of single operations, side by side with the driver's and the target's accounts.
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
  /**
   * Calls back for each operation that settled, outside of warm-ups, in the order of their starts. Where the scenario
   * declares work in the background and there was some, an operation without a span of its own may have been done by
   * that, and is skipped. The same object is passed each time and must not be kept: there may be tens of millions.
   */
  readonly eachSettled: (look: (operation: OperationView) => void) => void;
};

/** Operations of one kind: how many there are, and the first of them as examples. */
export class Tally {
  count = 0;
  readonly first: number[] = [];

  add({index}: OperationView): void {
    this.count++;
    if (this.first.length < examplesShown) this.first.push(index);
  }

  /** With others of the same kind. */
  static of(tallies: readonly Tally[]): Tally {
    const sum = new Tally();
    for (const {count, first} of tallies) {
      sum.count += count;
      sum.first.push(...first.slice(0, examplesShown - sum.first.length));
    }
    return sum;
  }
}

const examplesShown = 3;

const okCode = outcomeCode('ok');
const unsettled: readonly number[] = [0, outcomeCode('hung')];

const bytes = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

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
  // A library that follows no conventions makes a span of some kind at least.
  const spans = isSomewhere(http) ? http : isSomewhere(calls) ? calls : bytes(spansPerOperation);
  const attempts = ledger && ledgerGap(trial) === null ? ledger.attempts : null;
  const warmUps = trial.plan.phases.map((_, phase) => isWarmUp(trial, phase));
  const {outcomes, operationPhases} = driver;
  const ofAnyKind = bytes(spansPerOperation);
  const hasBackground = (telemetry.backgroundSpanCount ?? 0) > 0;
  return {
    spanOf,
    eachSettled(look) {
      const view = {index: 0, phase: 0, outcome: 0, attempts: 0, spans: 0, marks: 0};
      for (let index = 0; index < outcomes.length; index++) {
        const outcome = outcomes[index]!;
        const phase = operationPhases[index]!;
        if (unsettled.includes(outcome) || warmUps[phase]) continue;
        if (hasBackground && (ofAnyKind[index] ?? 0) === 0) continue;
        view.index = index;
        view.phase = phase;
        view.outcome = outcome;
        view.attempts = attempts ? (attempts[index] ?? 0) : outcome === okCode ? 1 : 0;
        view.spans = spans[index] ?? 0;
        view.marks = marks[index] ?? 0;
        look(view);
      }
    },
  };
};

export const hasMark = ({marks}: OperationView, mark: keyof typeof operationMarks): boolean =>
  (marks & operationMarks[mark]) !== 0;

/**
 * Of the calm operations: how many spans one has on average, null without any; and the share of them with exactly one
 * span, 0 without any.
 */
export const calmSpans = (
  trial: Trial,
  view: OperationTelemetryView,
): {readonly perOperation: number | null; readonly shareWithOne: number} => {
  const baselines = phasesOf(trial, 'baseline');
  let [count, spanCount, withOne] = [0, 0, 0];
  view.eachSettled(({phase, spans}) => {
    if (!baselines.includes(phase)) return;
    count++;
    spanCount += spans;
    if (spans === 1) withOne++;
  });
  return {
    perOperation: count === 0 ? null : spanCount / count,
    shareWithOne: count === 0 ? 0 : withOne / count,
  };
};

/** The first of some operations, by their ids and those of their traces. */
export const examplesOf = (
  trial: Trial,
  {first}: Pick<Tally, 'first'>,
): {readonly operations: readonly string[]; readonly traces: readonly string[]} => ({
  operations: first.map(index => `${trial.id}-${index}`),
  traces: first.map(index => traceIdOfOperation(trial.tracePrefix, index)),
});
