// Series of a metric, and names of spans, that grow in number with the operations: backends drown in them.
import type {Detector, Measured} from '../model/finding.ts';
import type {Thresholds} from '../model/symptoms.ts';
import type {MetricSummary} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {phasesOf} from './measure.ts';
import {inconclusive, presentIf} from './say.ts';
import {telemetryAbsence, telemetryGap} from './telemetry-account.ts';

/** A fault rightly brings series of its own with these. */
const ofErrors: ReadonlySet<string> = new Set([
  'error.type',
  'http.response.status_code',
  'db.response.status_code',
]);

type Limits = Thresholds<'cardinality-growth'>;

export const cardinalityGrowth: Detector<'cardinality-growth'> = (trial, limits) => {
  const {telemetry} = trial;
  if (!telemetry) return inconclusive('cardinality-growth', telemetryAbsence(trial) ?? '');
  const found = [...growingMetrics(trial, telemetry.metrics, limits), ...spanNames(trial, limits)].map(
    evidence => ({
      phase: 'run',
      evidence,
    }),
  );
  if (found.length > 0) return presentIf('cardinality-growth', 'warn', found);
  const gap = telemetryGap(trial);
  return gap === null ? presentIf('cardinality-growth', 'warn', []) : inconclusive('cardinality-growth', gap);
};

const identity = ({attributes}: MetricSummary): string =>
  JSON.stringify(
    Object.entries(attributes)
      .filter(([key]) => !ofErrors.has(key))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );

const growingMetrics = (
  trial: Trial,
  metrics: readonly MetricSummary[],
  {seriesCount}: Limits,
): Measured[] => {
  const lastCalm = Math.max(0, ...phasesOf(trial, 'baseline').slice(0, 1));
  return [...Map.groupBy(metrics, ({name, scope}) => `${scope}\0${name}`).values()].flatMap(series => {
    const first = new Set(series.filter(({phase}) => phase <= lastCalm).map(identity));
    const all = new Set(series.map(identity));
    const grown = all.size - first.size;
    // A metric that begins only in a fault has not grown.
    if (first.size === 0 || grown <= seriesCount) return [];
    const says = `${series[0]!.name} had ${first.size} series in the baseline and ${all.size} at the end; ${mostVaried(series)} varies most.`;
    return [evidenceOf(says, grown, seriesCount, all.size)];
  });
};

/** The attribute with the most values. */
const mostVaried = (series: readonly MetricSummary[]): string => {
  const keys = [...new Set(series.flatMap(({attributes}) => Object.keys(attributes)))];
  const valuesOf = (key: string): number =>
    new Set(series.map(({attributes}) => JSON.stringify(attributes[key]))).size;
  return keys.toSorted((a, b) => valuesOf(b) - valuesOf(a))[0] ?? 'no attribute';
};

const spanNames = ({telemetry}: Trial, {nameCount}: Limits): Measured[] =>
  [...Map.groupBy(telemetry?.groups ?? [], ({scope}) => scope)].flatMap(([scope, groups]) => {
    const names = new Set(groups.map(({name}) => name)).size;
    if (names <= nameCount) return [];
    const count = groups.reduce((sum, group) => sum + group.count, 0);
    return [evidenceOf(`The spans of ${scope} have ${names} different names.`, names, nameCount, count)];
  });

const evidenceOf = (says: string, value: number, threshold: number, count: number): Measured => ({
  witness: 'telemetry',
  says,
  value,
  threshold,
  unit: 'count',
  count,
  operations: [],
});
