// A fault delays one key only, and the others wait behind it.
import type {Histogram} from 'hdr-histogram-js';
import {found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import type {Trial} from '../../model/trial.ts';
import {decodeHistogram, percentileMs} from '../../stats/histogram.ts';
import {inconclusive, presentIf} from '../finding.ts';

type Key = {
  readonly key: string;
  readonly p50Ms: number;
  readonly count: number;
  readonly response: Histogram;
};

/**
 * One pause of the machine delays several operations, and must not decide the p99 of a few: ten lie beyond what is
 * compared.
 */
const beyondCount = 10;
const highPercentile = (count: number): number => Math.min(99, 100 * (1 - beyondCount / count));

export const headOfLineBlocking: Detector<'head-of-line-blocking'> = (trial, thresholds) => {
  const {latencyRatio: threshold, slackMs, sampleCount} = thresholds;
  const symptom = 'head-of-line-blocking';
  const calm = phasesOf(trial, 'baseline').flatMap(phase => keysOf(trial, phase));
  if (calm.length < 2) {
    return inconclusive(symptom, 'fewer than two keys were seen in the baseline (perform() can return key)');
  }
  const partial = phasesOf(trial, 'fault').filter(phase =>
    trial.plan.phases[phase]!.faults.every(fault => 'path' in fault && fault.path !== ''),
  );
  if (partial.length === 0) {
    return inconclusive(symptom, 'no fault is limited to some requests (path of an HTTP fault)');
  }
  const blocked = partial.flatMap(phase => {
    const [, ...others] = keysOf(trial, phase).toSorted((a, b) => b.p50Ms - a.p50Ms);
    return others.flatMap(({key, response, count}) => {
      const before = calm.find(candidate => candidate.key === key);
      if (!before || count < sampleCount) return [];
      const percentile = highPercentile(count);
      const beforeMs = percentileMs(before.response, percentile)!;
      const duringMs = percentileMs(response, percentile)!;
      const value = duringMs / Math.max(0.1, beforeMs);
      // Below the slack nothing is blocked: it is less than a garbage collection.
      if (value <= threshold || duringMs - beforeMs <= slackMs) return [];
      const name = phaseName(trial, phase);
      const statement = `The p${percentile.toFixed(0)} of key ${key}, which the fault of phase ${name} does not affect, was ${duringMs.toFixed(0)} ms, up from ${beforeMs.toFixed(0)} ms in the baseline.`;
      return [found(name, {witness: 'driver', statement, value, threshold, unit: 'ratio', count})];
    });
  });
  return presentIf(symptom, 'warn', worstFirst(blocked));
};

const keysOf = (trial: Trial, phase: number): Key[] => {
  const figures = trial.driver.phases.find(candidate => candidate.phase === phase);
  return Object.entries(figures?.responseByKeyUs ?? {}).flatMap(([key, encoded]) => {
    const response = decodeHistogram(encoded);
    const p50Ms = percentileMs(response, 50);
    return response === null || p50Ms === null ? [] : [{key, p50Ms, count: response.totalCount, response}];
  });
};
