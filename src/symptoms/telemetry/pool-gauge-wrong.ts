// What the library reports of its open connections, compared with the sockets at the injector, at the end of each
// phase.

import {counted} from '../../measures/evidence.ts';
import type {Examples} from '../../measures/example-spans.ts';
import {telemetryGap} from '../../measures/telemetry-account.ts';
import type {Detector} from '../../model/finding.ts';
import {thresholdsOf} from '../../model/symptoms.ts';
import {drainPhase, type MetricSummary, traceIdOfOperation} from '../../model/telemetry.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const gauges: readonly string[] = [
  'db.client.connection.count',
  'db.client.connections.usage',
  'http.client.open_connections',
];

type Compared = {
  readonly phase: number;
  readonly name: string;
  readonly told: number;
  readonly sockets: number;
  readonly off: number;
  readonly limit: number;
};

export const poolGaugeWrong: Detector<'pool-gauge-wrong'> = (trial, thresholds) => {
  const gap = telemetryGap(trial);
  if (gap !== null) return inconclusive('pool-gauge-wrong', gap);
  if (trial.injector.length === 0)
    return inconclusive('pool-gauge-wrong', 'this injector does not count connections');
  const series = gaugesOf(trial);
  if (series.length === 0) return inconclusive('pool-gauge-wrong', 'the library has no connection gauge');
  const compared = compare(trial, series, thresholds);
  const found = compared
    .filter(isOff)
    .sort((a, b) => b.off - a.off)
    .map(({phase, name, told, sockets, off, limit}) => ({
      phase: name,
      evidence: {
        witness: 'telemetry' as const,
        statement: `At the end of phase ${name} the library reported ${counted(told, 'connection')} (${namesOf(series)}), while the injector had ${counted(sockets, 'open socket')}.`,
        value: off,
        threshold: limit,
        unit: 'count' as const,
        count: sockets,
        ...lastBefore(trial, phase),
      },
    }));
  return presentIf('pool-gauge-wrong', 'warn', found, [
    {
      what: 'ends of phases: the gauge and the open sockets',
      count: compared.length,
      differingCount: found.length,
      operations: found[0]?.evidence.operations ?? [],
      traces: found[0]?.evidence.traces ?? [],
    },
  ]);
};

/** Whether the injector contradicts the library's gauge: then nothing else can be concluded from the gauge. */
export const isGaugeContradicted = (trial: Trial): boolean =>
  telemetryGap(trial) === null &&
  compare(trial, gaugesOf(trial), thresholdsOf('pool-gauge-wrong', trial.plan.thresholds)).some(isOff);

const gaugesOf = ({telemetry}: Trial): readonly MetricSummary[] =>
  telemetry?.metrics.filter(({name}) => gauges.includes(name)) ?? [];

const isOff = ({off, limit}: Compared): boolean => off > limit;

const compare = (
  trial: Trial,
  series: readonly MetricSummary[],
  {slackCount, slackShare}: {readonly slackCount: number; readonly slackShare: number},
): Compared[] =>
  calmEnds(trial).flatMap(({phase, name, atMs}) => {
    const told = toldIn(series, phase);
    const seen = socketsAround(trial, atMs);
    if (told === null || seen.length === 0) return [];
    // The gauge is read some time around the end: it may show any number that was open then.
    const sockets = Math.min(Math.max(told, Math.min(...seen)), Math.max(...seen));
    const off = Math.abs(told - sockets);
    const limit = Math.max(slackCount, slackShare * sockets);
    return [{phase, name, told, sockets, off, limit}];
  });

const namesOf = (series: readonly MetricSummary[]): string =>
  [...new Set(series.map(({name}) => name))].join(', ');

/** The last operation that started before the moment of the comparison. */
const lastBefore = (trial: Trial, phase: number): Examples => {
  const last = trial.driver.operationPhases.findLastIndex(candidate => candidate <= phase);
  return last < 0
    ? {operations: [], traces: []}
    : {operations: [`${trial.id}-${last}`], traces: [traceIdOfOperation(trial.tracePrefix, last)]};
};

const aroundMs = 1000;

/** How many sockets were open about a moment; the last number before it counts in any case. */
const socketsAround = ({injector}: Trial, atMs: number): number[] => {
  const last = injector.findLast(sample => sample.atMs <= atMs);
  return [
    ...(last ? [last] : []),
    ...injector.filter(sample => Math.abs(sample.atMs - atMs) <= aroundMs),
  ].map(({witness}) => witness.openConnections);
};

/** While a fault lasts, the two ends of a connection may rightly differ about whether it is open. */
const calmEnds = (trial: Trial): {readonly phase: number; readonly name: string; readonly atMs: number}[] => {
  const calm = trial.plan.phases.flatMap(({name, role}, phase) => {
    const window = role === 'fault' ? null : phaseWindow(trial, phase);
    return window ? [{phase, name, atMs: window.endMs}] : [];
  });
  const closing = trial.closing?.underLoad ? null : trial.closing;
  return closing ? [...calm, {phase: drainPhase(trial.plan), name: 'drain', atMs: closing.startMs}] : calm;
};

/** Over all states and pools; null where nothing was reported in that phase. */
const toldIn = (series: readonly MetricSummary[], phase: number): number | null => {
  const last = series.flatMap(metric =>
    metric.phase === phase && metric.kind !== 'histogram' ? [metric.last] : [],
  );
  return last.length === 0 ? null : last.reduce((sum, value) => sum + value, 0);
};
