// A fault delays one key only, and the others wait behind it.
import type {Detector} from '../model/finding.ts';
import type {Trial} from '../model/trial.ts';
import {decodeHistogram, percentileMs} from '../stats/histogram.ts';
import {phasesOf} from './measure.ts';
import {found, inconclusive, phaseName, presentIf, worstFirst} from './say.ts';

type Key = {readonly key: string; readonly p50Ms: number; readonly p99Ms: number; readonly count: number};

export const headOfLineBlocking: Detector<'head-of-line-blocking'> = (trial, thresholds) => {
  const {latencyRatio: threshold, slackMs, sampleCount} = thresholds;
  const symptom = 'head-of-line-blocking';
  const calm = phasesOf(trial, 'baseline').flatMap(phase => keysOf(trial, phase));
  if (calm.length < 2) {
    return inconclusive(
      symptom,
      'answers told of fewer than two keys in the baseline (perform() may return key)',
    );
  }
  const partial = phasesOf(trial, 'fault').filter(phase =>
    trial.plan.phases[phase]!.faults.every(fault => 'path' in fault && fault.path !== ''),
  );
  if (partial.length === 0) {
    return inconclusive(symptom, 'no fault is for some requests only (the path of an HTTP fault)');
  }
  const blocked = partial.flatMap(phase => {
    const [, ...others] = keysOf(trial, phase).toSorted((a, b) => b.p50Ms - a.p50Ms);
    return others.flatMap(({key, p99Ms, count}) => {
      const before = calm.find(candidate => candidate.key === key);
      if (!before || count < sampleCount) return [];
      const value = p99Ms / Math.max(0.1, before.p99Ms);
      // Below the slack nothing is blocked: it is less than a garbage collection.
      if (value <= threshold || p99Ms - before.p99Ms <= slackMs) return [];
      const name = phaseName(trial, phase);
      const says = `p99 of key ${key}, which the fault of phase ${name} is not for: ${p99Ms.toFixed(0)} ms, ${before.p99Ms.toFixed(0)} ms in the baseline.`;
      return [found(name, {witness: 'driver', says, value, threshold, unit: 'ratio', count})];
    });
  });
  return presentIf(symptom, 'warn', worstFirst(blocked));
};

const keysOf = (trial: Trial, phase: number): Key[] => {
  const figures = trial.driver.phases.find(candidate => candidate.phase === phase);
  return Object.entries(figures?.responseByKeyUs ?? {}).flatMap(([key, encoded]) => {
    const histogram = decodeHistogram(encoded);
    const [p50Ms, p99Ms] = [percentileMs(histogram, 50), percentileMs(histogram, 99)];
    return p50Ms === null || p99Ms === null ? [] : [{key, p50Ms, p99Ms, count: histogram?.totalCount ?? 0}];
  });
};
