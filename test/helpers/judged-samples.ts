// What was sampled and counted over time in a trial that never took place.
import {encodeHistogram, latencyHistogram, recordMs} from '../../src/load/histogram.ts';
import type {PhaseFigures} from '../../src/model/driver-witness.ts';
import type {ResourceSample, SystemSample} from '../../src/model/process-witness.ts';
import type {InjectorSample} from '../../src/model/trial.ts';
import {behaviours, countsOf, phases, ratePerSecond, startOf, wobble} from './judged-behaviour.ts';

/** Settle times between half of the median and the 99th percentile, denser at the median. */
const histogramOf = (count: number, p50Ms: number | null, p99Ms: number | null, seed: number): string => {
  const histogram = latencyHistogram(3);
  if (p50Ms === null || p99Ms === null) return '';
  for (let index = 0; index < count; index++) {
    const share = (index + 0.5) / count;
    const spread = share < 0.5 ? 0.6 + 0.8 * share : 1 + (p99Ms / p50Ms - 1) * ((share - 0.5) * 2) ** 6;
    recordMs(histogram, p50Ms * spread * wobble(seed + index));
  }
  return encodeHistogram(histogram);
};

export const figuresOf = (variant: string, reached: number, seed: number): PhaseFigures[] =>
  phases.slice(0, reached).map(({durationMs}, phase) => {
    const behaviour = behaviours[variant]![phase]!;
    const started = (durationMs / 1000) * ratePerSecond;
    const outcomes = countsOf(behaviour, started);
    const notOk = started - outcomes.ok - outcomes.hung;
    const ok = histogramOf(outcomes.ok, behaviour.p50Ms, behaviour.p99Ms, seed + phase);
    const bad = histogramOf(notOk, behaviour.p50Ms, behaviour.settleP99Ms, seed + phase);
    return {
      phase,
      offered: started,
      started,
      dropped: 0,
      late: 1,
      outcomes,
      overrun: 0,
      settledAfterHung: 0,
      echoed: outcomes.ok,
      startLagUs: '',
      responseOkUs: ok,
      responseNotOkUs: bad,
      serviceOkUs: ok,
      serviceNotOkUs: bad,
    };
  });

const everyMs = 500;

const momentsUntil = (endMs: number): number[] =>
  Array.from({length: Math.floor(endMs / everyMs)}, (_, index) => (index + 1) * everyMs);

const phaseAt = (atMs: number): number => phases.findLastIndex((_, phase) => startOf(phase) <= atMs);

export const resourcesOf = (variant: string, endMs: number): ResourceSample[] =>
  momentsUntil(endMs).map((atMs, index) => ({
    atMs,
    cpuMs: 400 + index * (variant === 'bounded' ? 62 : 58) * wobble(1),
    rssBytes: (88 + index * 0.1) * 1024 ** 2,
    heapUsedBytes: (22 + (index % 7)) * 1024 ** 2,
    externalBytes: 4 * 1024 ** 2,
    loopDelayMaxMs: 4 + 3 * wobble(index),
    loopUtilisationRatio: 0.05,
    gcMs: index % 7 === 0 ? 9 : 0,
    gcCount: index % 7 === 0 ? 1 : 0,
  }));

export const systemOf = (variant: string, endMs: number): SystemSample[] =>
  resourcesOf(variant, endMs).map(({atMs, cpuMs, rssBytes}, index) => ({
    atMs,
    cpuMs,
    rssBytes,
    threadCount: 11,
    fileDescriptorCount: 80,
    socketCount: 52,
    threads: [
      {
        name: 'MainThread',
        count: 1,
        runningCount: index % 5 === 0 ? 1 : 0,
        blockedCount: 0,
        cpuMs: cpuMs * 0.9,
      },
      {name: 'V8Worker', count: 4, runningCount: 0, blockedCount: 0, cpuMs: cpuMs * 0.08},
      {name: 'libuv-worker', count: 4, runningCount: 0, blockedCount: 0, cpuMs: 20},
      {name: 'SignalInspector', count: 1, runningCount: 0, blockedCount: 0, cpuMs: 0},
      {name: 'v8:ProfEvntProc', count: 1, runningCount: 0, blockedCount: 0, cpuMs: cpuMs * 0.02},
    ],
  }));

export const attemptsOf = (variant: string, reached: number, endMs: number): number[] =>
  momentsUntil(endMs).map(atMs => {
    const phase = phaseAt(atMs - everyMs / 2);
    const behaviour = phase < reached ? behaviours[variant]![phase] : undefined;
    return Math.round((behaviour?.attempts ?? 0) * (ratePerSecond / 2));
  });

export const injectorOf = (variant: string, reached: number, endMs: number): InjectorSample[] => {
  const attempts = attemptsOf(variant, reached, endMs);
  let opened = 50;
  return momentsUntil(endMs).map((atMs, index) => {
    const cut = phases[phaseAt(atMs)]?.name === 'reset';
    opened += cut ? (attempts[index] ?? 0) : 0;
    return {
      atMs,
      witness: {
        openConnections: cut ? 12 : 50,
        openedConnections: opened,
        peakConnections: 50,
        failedDials: 0,
        cutConnections: 0,
        failedConnections: 0,
        lastFailure: null,
        upstreamBytes: index * 20_000,
        downstreamBytes: index * 30_000,
        faults: {},
      },
    };
  });
};
