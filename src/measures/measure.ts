// Figures of one or several phases of a trial, all witnesses side by side.

import type {Histogram} from 'hdr-histogram-js';
import type {PhaseFigures} from '../model/driver-witness.ts';
import type {OutcomeCounts, OutcomeStatus} from '../model/outcome.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {mergeHistograms, percentileMs} from '../stats/histogram.ts';

const settledStatuses = ['ok', 'failed', 'unknown', 'rejected', 'wrong'] as const;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The driver's figures of some phases, added up. */
export class DriverMeasure {
  readonly #figures: readonly PhaseFigures[];

  constructor(trial: Trial, phases: readonly number[]) {
    this.#figures = trial.driver.phases.filter(figures => phases.includes(figures.phase));
  }

  total(key: 'offered' | 'started' | 'dropped' | 'late' | 'overrun' | 'settledAfterHung'): number {
    return sum(this.#figures.map(figures => figures[key]));
  }

  count(status: OutcomeStatus): number {
    return sum(this.#figures.map(figures => figures.outcomes[status]));
  }

  get outcomes(): OutcomeCounts {
    return {
      ok: this.count('ok'),
      failed: this.count('failed'),
      unknown: this.count('unknown'),
      rejected: this.count('rejected'),
      wrong: this.count('wrong'),
      hung: this.count('hung'),
    };
  }

  /** Operations that settled in time to be accounted for, well or not. */
  get settled(): number {
    return sum(settledStatuses.map(status => this.count(status)));
  }

  /** Successes that came while the phases lasted; in older runs those of their operations, whenever they came. */
  get okWithin(): number {
    return sum(this.#figures.map(figures => figures.okWithin ?? figures.outcomes.ok));
  }

  /** Operations under way × ms; null in older runs. */
  get inFlightMs(): number | null {
    const known = this.#figures.map(figures => figures.inFlightMs ?? null);
    return known.includes(null) ? null : sum(known.map(Number));
  }

  get successRatio(): number | null {
    const started = this.total('started');
    return started === 0 ? null : this.count('ok') / started;
  }

  responseOk(): Histogram | null {
    return mergeHistograms(this.#figures.map(figures => figures.responseOkUs));
  }

  serviceOk(): Histogram | null {
    return mergeHistograms(this.#figures.map(figures => figures.serviceOkUs));
  }

  responseSettled(): Histogram | null {
    return mergeHistograms(this.#figures.flatMap(figures => [figures.responseOkUs, figures.responseNotOkUs]));
  }

  startLag(): Histogram | null {
    return mergeHistograms(this.#figures.map(figures => figures.startLagUs));
  }
}

/** Why the ledger of a trial cannot be used, or null when it can. */
export const ledgerGap = ({ledger}: Trial): string | null => {
  if (!ledger) return 'the target keeps no ledger';
  if (ledger.attempts.some(attempts => attempts > 0)) return null;
  return ledger.unattributedCount > 0
    ? `the target saw ${ledger.unattributedCount} attempts, none of them with an operation ID`
    : 'the target reported no attempts';
};

/** Why the effects of a trial are not known, or null when they are. */
export const effectsGap = (trial: Trial): string | null =>
  ledgerGap(trial) ??
  (trial.ledger?.effects.some(effects => effects > 0) ? null : 'the target reported no effects');

/** Attempts that the target saw of the operations of some phases; null where it has no ledger to go by: see `ledgerGap`. */
export const attemptsOf = (trial: Trial, phases: readonly number[]): number | null => {
  const {ledger} = trial;
  if (!ledger || ledgerGap(trial) !== null) return null;
  return sumOfPhases(trial, ledger.attempts, phases).sum;
};

/** Adds up what is counted of each operation of some phases. A plain loop: there may be tens of millions. */
export const sumOfPhases = (
  {driver: {operationPhases}}: Trial,
  counts: Uint8Array,
  phases: readonly number[],
): {readonly operationCount: number; readonly sum: number} => {
  let [operationCount, sum] = [0, 0];
  for (let index = 0; index < operationPhases.length; index++) {
    if (!phases.includes(operationPhases[index]!)) continue;
    operationCount++;
    sum += counts[index] ?? 0;
  }
  return {operationCount, sum};
};

/** Connections over one phase, from the injector's samples; null where it does not count. */
export const measureConnections = (trial: Trial, phase: number): {opened: number; openMax: number} | null => {
  const window = phaseWindow(trial, phase);
  if (!window || trial.injector.length === 0) return null;
  const before = trial.injector.findLast(sample => sample.atMs <= window.startMs);
  const within = trial.injector.filter(sample => sample.atMs > window.startMs && sample.atMs <= window.endMs);
  const last = within.at(-1) ?? before;
  if (!last) return null;
  const openBefore = before?.witness.openConnections ?? 0;
  return {
    opened: last.witness.openedConnections - (before?.witness.openedConnections ?? 0),
    openMax: Math.max(openBefore, ...within.map(sample => sample.witness.openConnections)),
  };
};

/** Operations under way over time. */
export const inFlightSamples = (trial: Trial): readonly {readonly atMs: number; readonly count: number}[] =>
  trial.inFlight.length > 0
    ? trial.inFlight
    : trial.resources.flatMap(({atMs, inFlightCount: count}) => (count === undefined ? [] : [{atMs, count}]));

export const p99Ms = (histogram: Histogram | null): number | null => percentileMs(histogram, 99);

/** Numbers of the plan's phases of one role. */
export const phasesOf = (trial: Trial, role: Trial['plan']['phases'][number]['role']): number[] =>
  trial.plan.phases.flatMap((phase, index) => (phase.role === role ? [index] : []));

/** A warm-up is there to be slow, and so is what comes before it: it is drawn, but not counted. */
export const isWarmUp = (trial: Trial, phase: number): boolean =>
  phase < 0 || trial.plan.phases[phase]?.role === 'warm-up';
