// Series of a metric, and names of spans, that grow in number with the operations: too many for a backend.

import {indexOfId} from '../../measures/attempt-times.ts';
import {type Found, found, phaseName} from '../../measures/evidence.ts';
import {exampleSpans} from '../../measures/example-spans.ts';
import {phasesOf} from '../../measures/measure.ts';
import {telemetryAbsence, telemetryGap} from '../../measures/telemetry-account.ts';
import type {Comparison, Detector} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {MetricSummary, SpanGroup} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

/** With a fault, new values of these are right. */
const ofErrors: ReadonlySet<string> = new Set([
  'error.type',
  'http.response.status_code',
  'db.response.status_code',
]);

const examplesShown = 3;

type Limits = Thresholds<'cardinality-growth'>;

export const cardinalityGrowth: Detector<'cardinality-growth'> = (trial, limits) => {
  const {telemetry} = trial;
  if (!telemetry) return inconclusive('cardinality-growth', telemetryAbsence(trial)!);
  const metrics = [...Map.groupBy(telemetry.metrics, ({name, scope}) => `${scope}\0${name}`).values()];
  const scopes = [...Map.groupBy(telemetry.groups, ({scope}) => scope).values()];
  const growing = metrics.flatMap(series => growthOf(trial, series, limits));
  const varied = scopes.flatMap(groups => namesOf(trial, groups, limits));
  const compared = [
    comparisonOf('metrics: number of series before and after', metrics.length, growing),
    comparisonOf('libraries: number of span names', scopes.length, varied),
  ];
  const all = [...growing, ...varied];
  if (all.length > 0) return presentIf('cardinality-growth', 'warn', all, compared);
  const gap = telemetryGap(trial);
  return gap === null ? clear('cardinality-growth', compared) : inconclusive('cardinality-growth', gap);
};

const comparisonOf = (what: string, count: number, differing: readonly Found[]): Comparison => ({
  what,
  count,
  differingCount: differing.length,
  operations: differing[0]?.evidence.operations ?? [],
  traces: differing[0]?.evidence.traces ?? [],
});

const identity = ({attributes}: MetricSummary): string =>
  JSON.stringify(
    Object.entries(attributes)
      .filter(([key]) => !ofErrors.has(key))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );

/** Of one metric. */
const growthOf = (trial: Trial, series: readonly MetricSummary[], {seriesCount}: Limits): Found[] => {
  const lastCalm = Math.max(0, ...phasesOf(trial, 'baseline').slice(0, 1));
  const first = new Set(series.filter(({phase}) => phase <= lastCalm).map(identity));
  const all = new Set(series.map(identity));
  const grown = all.size - first.size;
  // A metric that begins only in a fault has not grown.
  if (first.size === 0 || grown <= seriesCount) return [];
  const {name, scope} = series[0]!;
  const added = series.filter(one => !first.has(identity(one)));
  const phase = phaseName(trial, Math.min(...added.map(one => one.phase)));
  const key = mostVaried(series);
  const statement = `${name} had ${first.size} series in the baseline and ${all.size} at the end; ${key} varies most, such as ${JSON.stringify(added[0]?.attributes[key] ?? null)}.`;
  const named = operationsNamed(trial, added);
  return [
    found(phase, {
      witness: 'telemetry',
      statement,
      value: grown,
      threshold: seriesCount,
      unit: 'count',
      count: all.size,
      ...(named.length > 0 ? {operations: named} : exampleSpans(trial, span => span.scope === scope)),
    }),
  ];
};

/** If the ids of operations make the series. */
const operationsNamed = (trial: Trial, series: readonly MetricSummary[]): string[] => {
  const words = series.flatMap(({attributes}) =>
    Object.values(attributes).flatMap(value => (typeof value === 'string' ? value.split(/[^\w.-]+/) : [])),
  );
  return [...new Set(words.filter(word => indexOfId(trial, word) !== null))].slice(0, examplesShown);
};

/** The attribute with the most values. */
const mostVaried = (series: readonly MetricSummary[]): string => {
  const keys = [...new Set(series.flatMap(({attributes}) => Object.keys(attributes)))];
  const valuesOf = (key: string): number =>
    new Set(series.map(({attributes}) => JSON.stringify(attributes[key]))).size;
  return keys.toSorted((a, b) => valuesOf(b) - valuesOf(a))[0] ?? 'no attribute';
};

/** Of the spans of one library. */
const namesOf = (trial: Trial, groups: readonly SpanGroup[], {nameCount}: Limits): Found[] => {
  const names = new Set(groups.map(({name}) => name)).size;
  if (names <= nameCount) return [];
  const {scope} = groups[0]!;
  const byPhase = [...Map.groupBy(groups, ({phase}) => phase)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const phase = phaseName(trial, byPhase[0]![0]);
  return [
    found(phase, {
      witness: 'telemetry',
      statement: `The spans of ${scope} have ${names} different names, such as "${groups[0]!.name}", most of them in phase ${phase}.`,
      value: names,
      threshold: nameCount,
      unit: 'count',
      count: groups.reduce((sum, group) => sum + group.count, 0),
      ...exampleSpans(trial, span => span.scope === scope),
    }),
  ];
};
