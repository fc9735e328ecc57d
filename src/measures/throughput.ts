// How much a phase got done, compared with what it was asked to do.

import {loadOf} from '../model/plan.ts';
import type {Trial} from '../model/trial.ts';
import {phaseWindow} from '../model/trial.ts';
import {DriverMeasure} from './measure.ts';

export type Throughput = {
  /** Successes that came while the phase lasted. */
  readonly goodputPerSecond: number;
  /** What the load offers, or what a goal of the phase asks for; null where neither gives a number: a closed load. */
  readonly askedPerSecond: number | null;
  readonly started: number;
  /** Operations under way at once, on average; in older runs by Little's law: what they took, over the phase's time. */
  readonly inFlightMean: number;
};

export const measureThroughput = (trial: Trial, phase: number): Throughput | null => {
  const window = phaseWindow(trial, phase);
  if (!window || window.endMs <= window.startMs) return null;
  const driver = new DriverMeasure(trial, [phase]);
  const durationMs = window.endMs - window.startMs;
  const planned = trial.plan.phases[phase]!;
  const goal = trial.plan.goals[planned.name]?.goodputPerSecond?.min ?? null;
  const offered = (driver.total('offered') * 1000) / durationMs;
  const isClosed = loadOf(trial.plan.load, planned).model === 'closed';
  return {
    goodputPerSecond: (driver.okWithin * 1000) / durationMs,
    askedPerSecond: goal ?? (isClosed ? null : offered),
    started: driver.total('started'),
    inFlightMean: (driver.inFlightMs ?? settledMs(driver)) / durationMs,
  };
};

const settledMs = (driver: DriverMeasure): number => {
  const settled = driver.responseSettled();
  return settled === null ? 0 : (settled.mean * settled.totalCount) / 1000;
};
