// Compares the figures of a trial with the scenario's goals.
import type {Histogram} from 'hdr-histogram-js';
import {measureDeliveries} from '../../measures/deliveries.ts';
import {measureIntegrity} from '../../measures/effects.ts';
import {attemptsOf, DriverMeasure, ledgerGap} from '../../measures/measure.ts';
import {machineDoubt, measureRecovery, ofMachineMs, type Recovery} from '../../measures/recovery.ts';
import {
  type GoalMetric,
  type GoalName,
  type GoalResult,
  type Limit,
  type TelemetryGoal,
  telemetryGoalName,
} from '../../model/goal.ts';
import {hungAfterMs} from '../../model/plan.ts';
import type {Calibration} from '../../model/run.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {percentileMs} from '../../stats/histogram.ts';
import {samplesBehind} from '../../stats/quantile.ts';
import {processFigure} from './process-figure.ts';
import {isLibraryBusy, startLagMs} from './start-lag.ts';
import {telemetryFigure} from './telemetry-figure.ts';
import {heldTo} from './verdict.ts';

type Figure = {
  readonly value: number | null;
  readonly count: number;
  readonly reason: string | null;
  /** The true value is larger: it was not watched to its end. */
  readonly isLowerBound?: boolean;
  /** Why it was not, where the end of the phase was not the reason. */
  readonly endedBy?: string;
};

/** One result per goal, in the order of the scenario. */
export const judgeGoals = (trial: Trial, calibration: Calibration | null = null): GoalResult[] =>
  Object.entries(trial.plan.goals).flatMap(([phase, limits]) => [
    ...(Object.entries(limits) as [keyof typeof limits, Limit][]).flatMap(([metric, limit]) =>
      metric === 'telemetry'
        ? []
        : [
            excuseMachine(
              trial,
              excuseLag(trial, calibration, judge(phase, metric, limit, figureOf(trial, phase, metric))),
            ),
          ],
    ),
    ...(limits.telemetry ?? []).map(goal =>
      judge(
        phase,
        telemetryGoalName(goal),
        limitOf(goal),
        telemetryFigure(trial, phasesOfGoal(trial, phase), goal),
      ),
    ),
  ]);

const limitOf = ({min, max, severity}: TelemetryGoal): Limit => ({
  ...(min === undefined ? {} : {min}),
  ...(max === undefined ? {} : {max}),
  ...(severity === undefined ? {} : {severity}),
});

const percentiles: {readonly [metric in GoalName]?: number} = {
  responseP50Ms: 50,
  responseP90Ms: 90,
  responseP99Ms: 99,
  settleP99Ms: 99,
};

/**
 * Times run from the scheduled start: a time that misses its limit by less than the machine started late does not
 * count against the library.
 */
const excuseLag = (trial: Trial, calibration: Calibration | null, result: GoalResult): GoalResult => {
  const percentile = percentiles[result.metric];
  const {value, limit, verdict} = result;
  if (percentile === undefined || verdict !== 'missed' || value === null || limit.max === undefined) {
    return result;
  }
  const phases = phasesOfGoal(trial, result.phase);
  const lagMs = startLagMs(trial, phases, percentile);
  if (value - lagMs > limit.max || isLibraryBusy(trial, phases, calibration)) return result;
  const reason = `it exceeds the limit by ${(value - limit.max).toFixed(1)} ms, but the machine started operations up to ${lagMs.toFixed(1)} ms late (p${percentile})`;
  return {...result, verdict: 'inconclusive', reason};
};

/** A recovery that is late only by what the machine may have added is not the library's. */
const excuseMachine = (trial: Trial, result: GoalResult): GoalResult => {
  const {metric, verdict, limit, phase} = result;
  if (metric !== 'timeToRecoverMs' || verdict !== 'missed' || limit.max === undefined) return result;
  const {value} = figureOfRecovery(measureRecovery(trial, ofMachineMs(trial)), 0);
  if (value === null || value > limit.max) return result;
  return {...result, verdict: 'inconclusive', reason: machineDoubt(phase)};
};

/** A phase that is repeated in cycles is held to its goals over all of them. */
const isNamed = (name: string, phase: string): boolean => name === phase || name.startsWith(`${phase}#`);

/** "run" is all phases but the warm-up. */
const phasesOfGoal = ({plan}: Trial, phase: string): number[] =>
  plan.phases.flatMap(({name, role}, index) =>
    phase === 'run' ? (role === 'warm-up' ? [] : [index]) : isNamed(name, phase) ? [index] : [],
  );

const judge = (phase: string, metric: GoalName, limit: Limit, figure: Figure): GoalResult => {
  const {value, count, reason} = figure;
  const result = {phase, metric, limit, value, count};
  if (reason !== null || value === null) {
    return {...result, verdict: 'inconclusive', reason: reason ?? 'there was nothing to measure'};
  }
  const held = heldTo(limit, value);
  if (held && figure.isLowerBound) {
    return {
      ...result,
      verdict: 'inconclusive',
      reason: figure.endedBy ?? 'it had not ended when the phase did; lengthen the phase',
    };
  }
  return {...result, verdict: held ? 'met' : 'missed', reason: null};
};

const figureOf = (trial: Trial, phase: string, metric: GoalMetric): Figure => {
  const reached = phasesOfGoal(trial, phase).filter(index => phaseWindow(trial, index) !== null);
  if (reached.length === 0) return {value: null, count: 0, reason: 'the trial did not reach this phase'};
  const driver = new DriverMeasure(trial, reached);
  const started = driver.total('started');
  const counted = (value: number | null): Figure => ({value, count: started, reason: null});
  switch (metric) {
    case 'successRatio':
      return counted(driver.successRatio);
    case 'goodputPerSecond':
      return counted((driver.okWithin * 1000) / durationMs(trial, reached));
    case 'responseP50Ms':
      return quantileFigure(50, driver.responseOk(), driver.count('ok'));
    case 'responseP90Ms':
      return quantileFigure(90, driver.responseOk(), driver.count('ok'));
    case 'responseP99Ms':
      return quantileFigure(99, driver.responseOk(), driver.count('ok'));
    case 'serviceP50Ms':
      return quantileFigure(50, driver.serviceOk(), driver.count('ok'));
    case 'serviceP99Ms':
      return quantileFigure(99, driver.serviceOk(), driver.count('ok'));
    case 'settleP99Ms':
      return settleFigure(trial, driver);
    case 'hungCount':
      return counted(driver.count('hung'));
    case 'overrunCount':
      return counted(driver.total('overrun'));
    case 'droppedCount':
      return counted(driver.total('dropped'));
    case 'wrongCount':
      return counted(driver.count('wrong'));
    case 'duplicateCount':
      return {...measureIntegrity(trial, reached).duplicates, count: started};
    case 'lostCount':
      return {...measureIntegrity(trial, reached).lost, count: started};
    case 'deliveriesPerSecond':
    case 'deliveredRatio':
    case 'backlogCount':
      return deliveryFigure(trial, reached, metric);
    case 'attemptsPerOperationRatio': {
      const attempts = attemptsOf(trial, reached);
      const ratio = attempts === null || started === 0 ? null : attempts / started;
      return {value: ratio, count: started, reason: ledgerGap(trial)};
    }
    case 'cpuUsPerOperation':
    case 'rssMaxBytes':
    case 'heapMaxBytes':
      return counted(processFigure(trial, reached, metric, started));
    case 'timeToRecoverMs':
      return figureOfRecovery(measureRecovery(trial), started);
    case 'timeToExitMs':
      return exitFigure(trial, started);
  }
};

/** A program that did not end took longer than it was watched. */
const exitFigure = ({closing}: Trial, count: number): Figure =>
  closing?.sigterm === undefined
    ? {value: null, count, reason: 'the program was not sent SIGTERM'}
    : {
        value: closing.durationMs,
        count,
        reason: null,
        isLowerBound: closing.sigterm === null,
        endedBy: 'the program had not ended when it was killed',
      };

const quantileFigure = (percentile: number, times: Histogram | null, count: number): Figure => {
  const needed = samplesBehind(percentile / 100);
  return {
    value: percentileMs(times, percentile),
    count,
    reason:
      count > 0 && count < needed
        ? `too few samples for a p${percentile} (${count} of the ${needed} needed): make the phase ${Math.ceil(needed / count)}× as long, or raise the rate`
        : null,
  };
};

/** What never settled took longer than the time after which it counted as hung. */
const settleFigure = (trial: Trial, driver: DriverMeasure): Figure => {
  const neverSettled = driver.count('hung') - driver.total('settledAfterHung');
  const figure = quantileFigure(99, driver.responseSettled(), driver.settled + driver.count('hung'));
  if (neverSettled <= 0) return figure;
  return {
    ...figure,
    value: Math.max(figure.value ?? 0, hungAfterMs(trial.plan.operation)),
    isLowerBound: true,
  };
};

const figureOfRecovery = (recovery: Recovery, count: number): Figure => {
  switch (recovery.kind) {
    case 'recovered':
      return {value: recovery.afterMs, count, reason: null};
    case 'not-recovered':
      return {value: recovery.atLeastMs, count, reason: null, isLowerBound: true};
    case 'unknown':
      return {value: null, count, reason: recovery.reason};
  }
};

const deliveryFigure = (
  trial: Trial,
  phases: readonly number[],
  metric: 'deliveriesPerSecond' | 'deliveredRatio' | 'backlogCount',
): Figure => {
  const measure = measureDeliveries(trial, phases);
  if (measure.kind === 'unknown') return {value: null, count: 0, reason: measure.reason};
  const {acknowledged, delivered, perSecond} = measure;
  const counted = {count: acknowledged, reason: null};
  switch (metric) {
    case 'deliveriesPerSecond':
      return {...counted, value: perSecond};
    case 'backlogCount':
      return {...counted, value: acknowledged - delivered};
    case 'deliveredRatio':
      return {...counted, value: acknowledged === 0 ? null : delivered / acknowledged};
  }
};

const durationMs = (trial: Trial, phases: readonly number[]): number =>
  phases.reduce((total, phase) => {
    const window = phaseWindow(trial, phase);
    return total + (window ? window.endMs - window.startMs : 0);
  }, 0);
