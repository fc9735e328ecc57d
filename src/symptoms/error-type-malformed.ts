// error.type: a text of few values, on every failure and on nothing else (semantic conventions, recording errors).
import type {Detector, Measured} from '../model/finding.ts';
import type {Thresholds} from '../model/symptoms.ts';
import type {SpanGroup} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {inconclusive, phaseName, presentIf} from './say.ts';
import {telemetryAbsence, telemetryGap} from './telemetry-account.ts';

const examplesShown = 3;

/** `server` is not the side that is under test. */
const isJudged = ({kind}: SpanGroup): boolean => kind !== 'server';

const wrongs: readonly {readonly what: string; readonly holds: (group: SpanGroup) => boolean}[] = [
  {
    what: 'an error.type that is not a text',
    holds: ({errorType}) => errorType !== null && typeof errorType !== 'string',
  },
  {
    what: 'the status error and no error.type',
    holds: ({status, errorType}) => status === 'error' && errorType === null,
  },
  {
    what: 'an error.type and not the status error',
    holds: ({status, errorType}) => status !== 'error' && errorType !== null,
  },
];

type Limits = Thresholds<'error-type-malformed'>;

export const errorTypeMalformed: Detector<'error-type-malformed'> = (trial, limits) => {
  const {telemetry} = trial;
  if (!telemetry) return inconclusive('error-type-malformed', telemetryAbsence(trial) ?? '');
  const found = [
    ...wrongs.flatMap(({what, holds}) => inGroups(trial, limits, what, holds)),
    ...inMetrics(trial),
    ...tooMany(telemetry.groups, limits),
  ];
  if (found.length > 0) return presentIf('error-type-malformed', 'warn', found);
  // What is wrong is wrong even where spans were lost; that nothing is wrong is known only where none were.
  const gap = telemetryGap(trial);
  return gap === null
    ? presentIf('error-type-malformed', 'warn', [])
    : inconclusive('error-type-malformed', gap);
};

type Found = {readonly phase: string; readonly evidence: Measured};

const inGroups = (
  trial: Trial,
  {spanCount}: Limits,
  what: string,
  holds: (group: SpanGroup) => boolean,
): Found[] => {
  const wrong = trial.telemetry?.groups.filter(group => isJudged(group) && holds(group)) ?? [];
  return [...Map.groupBy(wrong, ({phase}) => phase)].flatMap(([phase, groups]) => {
    const count = groups.reduce((sum, group) => sum + group.count, 0);
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
          witness: 'telemetry',
          says: `${count} spans of phase ${name} have ${what}${which}.`,
          value: count,
          threshold: spanCount,
          unit: 'count',
          count,
          operations: [],
          traces: tracesOf(trial, groups),
        },
      },
    ];
  });
};

const tracesOf = (trial: Trial, groups: readonly SpanGroup[]): string[] =>
  (trial.telemetry?.exemplars ?? [])
    .filter(span =>
      groups.some(
        ({name, scope, status, errorType}) =>
          span.name === name &&
          span.scope === scope &&
          span.status === status &&
          JSON.stringify(span.attributes['error.type'] ?? null) === JSON.stringify(errorType),
      ),
    )
    .map(({traceId}) => traceId)
    .slice(0, examplesShown);

/** The SDK's word on itself is not the library's. */
const inMetrics = (trial: Trial): Found[] => {
  const wrong = (trial.telemetry?.metrics ?? []).filter(({name, attributes}) => {
    const errorType = attributes['error.type'] ?? null;
    return !name.startsWith('otel.') && errorType !== null && typeof errorType !== 'string';
  });
  return [...Map.groupBy(wrong, ({name}) => name)].map(([name, series]) => {
    const values = [...new Set(series.map(({attributes}) => JSON.stringify(attributes['error.type'])))];
    return {
      phase: phaseName(trial, series[0]!.phase),
      evidence: {
        witness: 'telemetry',
        says: `The metric ${name} has an error.type that is not a text (${values.slice(0, examplesShown).join(', ')}).`,
        value: values.length,
        threshold: 0,
        unit: 'count',
        count: series.length,
        operations: [],
      },
    };
  });
};

const tooMany = (groups: readonly SpanGroup[], {valueCount}: Limits): Found[] =>
  [
    ...Map.groupBy(
      groups.filter(({errorType}) => errorType !== null),
      ({scope}) => scope,
    ),
  ].flatMap(([scope, ofScope]) => {
    const types = new Set(ofScope.map(({errorType}) => JSON.stringify(errorType)));
    if (types.size <= valueCount) return [];
    return [
      {
        phase: 'run',
        evidence: {
          witness: 'telemetry' as const,
          says: `The spans of ${scope} have ${types.size} different values of error.type.`,
          value: types.size,
          threshold: valueCount,
          unit: 'count' as const,
          count: ofScope.reduce((sum, group) => sum + group.count, 0),
          operations: [],
        },
      },
    ];
  });
