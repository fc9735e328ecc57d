// error.type: a text of few values, on every failure and on nothing else (semantic conventions, recording errors).

import {type Found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {type Examples, exampleSpans} from '../../measures/example-spans.ts';
import {telemetryAbsence, telemetryGap} from '../../measures/telemetry-account.ts';
import type {Comparison, Detector} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {MetricSummary, SpanGroup} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

const examplesShown = 3;

/** `server` is not the side under test. */
const isJudged = ({kind}: SpanGroup): boolean => kind !== 'server';

const wrongs: readonly {readonly what: string; readonly holds: (group: SpanGroup) => boolean}[] = [
  {
    what: 'an error.type that is not a string',
    holds: ({errorType}) => errorType !== null && typeof errorType !== 'string',
  },
  {
    what: 'an error status but no error.type',
    holds: ({status, errorType}) => status === 'error' && errorType === null,
  },
  {
    what: 'an error.type but no error status',
    holds: ({status, errorType}) => status !== 'error' && errorType !== null,
  },
];

type Limits = Thresholds<'error-type-malformed'>;

export const errorTypeMalformed: Detector<'error-type-malformed'> = (trial, limits) => {
  const {telemetry} = trial;
  if (!telemetry) return inconclusive('error-type-malformed', telemetryAbsence(trial)!);
  const found = [
    ...wrongs.flatMap(({what, holds}) => inGroups(trial, limits, what, holds)),
    ...inMetrics(trial),
    ...tooMany(trial, telemetry.groups, limits),
  ];
  const compared = [spansCompared(trial), metricsCompared(trial), valuesCompared(trial, limits)];
  if (found.length > 0) return presentIf('error-type-malformed', 'warn', found, compared);
  // What is wrong is wrong even where spans were lost; that nothing is wrong is known only where none were.
  const gap = telemetryGap(trial);
  return gap === null ? clear('error-type-malformed', compared) : inconclusive('error-type-malformed', gap);
};

const countOf = (groups: readonly SpanGroup[]): number => groups.reduce((sum, {count}) => sum + count, 0);

const spansCompared = (trial: Trial): Comparison => {
  const judged = (trial.telemetry?.groups ?? []).filter(
    group => isJudged(group) && (group.status === 'error' || group.errorType !== null),
  );
  const wrong = judged.filter(group => wrongs.some(({holds}) => holds(group)));
  return {
    what: 'failed spans and their error.type',
    count: countOf(judged),
    differingCount: countOf(wrong),
    ...examplesIn(trial, wrong),
  };
};

const metricsCompared = (trial: Trial): Comparison => ({
  what: 'metric series with an error.type',
  count: typedSeries(trial).length,
  differingCount: wrongSeries(trial).length,
  operations: [],
  traces: [],
});

/** Of the library that has the most. */
const valuesCompared = ({telemetry}: Trial, {valueCount}: Limits): Comparison => {
  const count = Math.max(0, ...typesByScope(telemetry?.groups ?? []).map(({types}) => types.size));
  return {
    what: 'distinct values of error.type, against the limit',
    count,
    differingCount: Math.max(0, count - valueCount),
    operations: [],
    traces: [],
  };
};

const inGroups = (
  trial: Trial,
  {spanCount}: Limits,
  what: string,
  holds: (group: SpanGroup) => boolean,
): Found[] => {
  const wrong = trial.telemetry?.groups.filter(group => isJudged(group) && holds(group)) ?? [];
  const found = [...Map.groupBy(wrong, ({phase}) => phase)].flatMap(([phase, groups]) => {
    const count = countOf(groups);
    if (count <= spanCount) return [];
    const values = [...new Set(groups.map(({errorType}) => JSON.stringify(errorType)))].slice(
      0,
      examplesShown,
    );
    const name = phaseName(trial, phase);
    const which = values.every(value => value === 'null') ? '' : ` (${values.join(', ')})`;
    return [
      {
        phase: name,
        evidence: {
          witness: 'telemetry' as const,
          statement: `${count} spans of phase ${name} have ${what}${which}.`,
          value: count,
          threshold: spanCount,
          unit: 'count' as const,
          count,
          ...examplesIn(trial, groups),
        },
      },
    ];
  });
  return worstFirst(found);
};

const examplesIn = (trial: Trial, groups: readonly SpanGroup[]): Examples =>
  exampleSpans(trial, span =>
    groups.some(
      ({name, scope, status, errorType}) =>
        span.name === name &&
        span.scope === scope &&
        span.status === status &&
        JSON.stringify(span.attributes['error.type'] ?? null) === JSON.stringify(errorType),
    ),
  );

/** The SDK's own metrics are not the library's. */
const typedSeries = ({telemetry}: Trial): MetricSummary[] =>
  (telemetry?.metrics ?? []).filter(
    ({name, attributes}) => !name.startsWith('otel.') && (attributes['error.type'] ?? null) !== null,
  );

const wrongSeries = (trial: Trial): MetricSummary[] =>
  typedSeries(trial).filter(({attributes}) => typeof attributes['error.type'] !== 'string');

/** The phase to which most of what was measured belongs. */
const phaseOfMost = (series: readonly MetricSummary[]): number => {
  const amountOf = (metric: MetricSummary): number =>
    metric.kind === 'histogram' ? metric.count : metric.kind === 'sum' ? metric.increase : 1;
  const byPhase = [...Map.groupBy(series, ({phase}) => phase)].map(([phase, ofPhase]) => ({
    phase,
    amount: ofPhase.reduce((sum, metric) => sum + amountOf(metric), 0),
  }));
  return byPhase.toSorted((a, b) => b.amount - a.amount)[0]!.phase;
};

const inMetrics = (trial: Trial): Found[] =>
  [...Map.groupBy(wrongSeries(trial), ({name}) => name)].map(([name, series]) => {
    const values = [...new Set(series.map(({attributes}) => JSON.stringify(attributes['error.type'])))];
    return {
      phase: phaseName(trial, phaseOfMost(series)),
      evidence: {
        witness: 'telemetry',
        statement: `The metric ${name} has an error.type that is not a string (${values.slice(0, examplesShown).join(', ')}).`,
        value: values.length,
        threshold: 0,
        unit: 'count',
        count: series.length,
        ...exampleSpans(
          trial,
          span =>
            span.scope === series[0]!.scope &&
            series.some(({attributes}) => attributes['error.type'] === span.attributes['error.type']),
        ),
      },
    };
  });

const tooMany = (trial: Trial, groups: readonly SpanGroup[], {valueCount}: Limits): Found[] =>
  typesByScope(groups).flatMap(({scope, ofScope, types}) => {
    if (types.size <= valueCount) return [];
    return [
      {
        phase: phaseName(trial, mostVaried(ofScope)),
        evidence: {
          witness: 'telemetry' as const,
          statement: `The spans of ${scope} have ${types.size} distinct values of error.type.`,
          value: types.size,
          threshold: valueCount,
          unit: 'count' as const,
          count: countOf(ofScope),
          ...exampleSpans(
            trial,
            span => span.scope === scope && (span.attributes['error.type'] ?? null) !== null,
          ),
        },
      },
    ];
  });

type ScopeTypes = {
  readonly scope: string;
  readonly ofScope: readonly SpanGroup[];
  readonly types: ReadonlySet<string>;
};

const typesByScope = (groups: readonly SpanGroup[]): ScopeTypes[] =>
  [
    ...Map.groupBy(
      groups.filter(({errorType}) => errorType !== null),
      ({scope}) => scope,
    ),
  ].map(([scope, ofScope]) => ({
    scope,
    ofScope,
    types: new Set(ofScope.map(({errorType}) => JSON.stringify(errorType))),
  }));

/** The phase with the most different values. */
const mostVaried = (groups: readonly SpanGroup[]): number => {
  const byPhase = [...Map.groupBy(groups, ({phase}) => phase)].map(([phase, ofPhase]) => ({
    phase,
    valueCount: new Set(ofPhase.map(({errorType}) => JSON.stringify(errorType))).size,
  }));
  return byPhase.toSorted((a, b) => b.valueCount - a.valueCount)[0]!.phase;
};
