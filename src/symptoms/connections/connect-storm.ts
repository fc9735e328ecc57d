// The library connects again and again while a fault lasts, far more often than its operations explain. Refused
// connects count: the process reports those. Connects of its child processes and worker threads are seen where they
// reach the injector.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure, measureConnections, phasesOf} from '../../measures/measure.ts';
import {addressCountIn} from '../../measures/network-aftermath.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const connectStorm: Detector<'connect-storm'> = (trial, limits) => {
  const {connectCount: threshold, operationConnectCount, shortestMs} = limits;
  const gap = (reason: string) => inconclusive('connect-storm', reason);
  const calm = phasesOf(trial, 'baseline').flatMap(phase => measureConnections(trial, phase)?.openMax ?? []);
  if (calm.length === 0) {
    return gap(
      trial.injector.length === 0
        ? 'this injector does not count connections'
        : 'no baseline to compare with',
    );
  }
  const slots = Math.max(1, ...calm);
  const faults = phasesOf(trial, 'fault').filter(phase => durationOf(trial, phase) >= shortestMs);
  if (faults.length === 0) return gap(`no fault lasted ${shortestMs} ms or longer`);
  const told = faults.flatMap(phase => connectsOf(trial, phase) ?? []);
  const storms = told.flatMap(({phase, connects, witness}) => {
    const driver = new DriverMeasure(trial, [phase]);
    const operations = driver.total('started');
    const perOperation = operationConnectCount * addressCountIn(trial.plan.phases[phase]!);
    const beyond = connects - perOperation * operations;
    const seconds = durationOf(trial, phase) / 1000;
    const value = beyond / slots / seconds;
    if (value <= threshold) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness,
        statement: `${counted(connects, 'connect')} for ${counted(operations, 'operation')} in the ${seconds.toFixed(1)} s of phase ${name}, where ${counted(slots, 'open connection')} had been enough: ${value.toFixed(1)} per second and connection, beyond ${perOperation} per operation.`,
        value,
        threshold,
        unit: 'ratio',
        count: connects,
      }),
    ];
  });
  if (storms.length > 0) return presentIf('connect-storm', 'warn', worstFirst(storms));
  return told.length < faults.length || told.some(({witness}) => witness === 'injector')
    ? gap('refused connects were not counted in this run')
    : clear('connect-storm');
};

const durationOf = (trial: Trial, phase: number): number => {
  const window = phaseWindow(trial, phase);
  return window ? window.endMs - window.startMs : 0;
};

type Connects = {readonly phase: number; readonly connects: number; readonly witness: 'system' | 'injector'};

/** The process counts all of its own, the injector also those of other processes, if they got that far. */
const connectsOf = (trial: Trial, phase: number): Connects | null => {
  const begun = trial.phaseResources.find(resources => resources.phase === phase)?.connectCount;
  const accepted = measureConnections(trial, phase)?.opened;
  if (begun === undefined) {
    return accepted === undefined ? null : {phase, connects: accepted, witness: 'injector'};
  }
  return {phase, connects: Math.max(begun, accepted ?? 0), witness: 'system'};
};
