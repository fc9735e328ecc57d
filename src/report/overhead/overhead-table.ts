// What telemetry costs, as a table: each mode compared with none, CPU first.
import type {TelemetryMode} from '../../model/choices.ts';
import {telemetryModes} from '../../model/choices.ts';
import type {JudgedRun, PhaseSummary} from '../../model/run.ts';
import {isRuntimeMetric} from '../../model/runtime-sample.ts';
import {bootstrapRatio, type RatioInterval} from '../../stats/bootstrap.ts';
import {medianOf} from '../../stats/quantile.ts';
import {bytes, factor, microseconds, rate} from '../format.ts';
import {textTable} from '../text-table.ts';

export type OverheadFigure = {
  /** Median over the trials. */
  readonly value: number | null;
  /** Over that of the mode `off`; null with fewer than five trials. */
  readonly ratio: RatioInterval | null;
};

export type OverheadRow = {
  readonly mode: TelemetryMode;
  readonly trialCount: number;
  readonly cpuUsPerOperation: OverheadFigure;
  readonly operationsPerSecond: OverheadFigure;
  readonly rssBytes: OverheadFigure;
  readonly spanCount: number | null;
};

type Pick = (phase: PhaseSummary) => number | null;

export const overheadOf = (run: JudgedRun, phaseName: string): OverheadRow[] => {
  const {judgement, record, trials} = run;
  const valuesOf = (mode: TelemetryMode, pick: Pick): Map<number, number> =>
    new Map(
      judgement.trials
        .filter(({variant}) => variant === mode)
        .flatMap(({trialId, phases}) => {
          const phase = phases.find(candidate => candidate.phase === phaseName);
          const number = trials.find(({id}) => id === trialId)?.number;
          const value = phase ? pick(phase) : null;
          return value === null || number === undefined ? [] : [[number, value] as const];
        }),
    );
  const figureOf = (mode: TelemetryMode, pick: Pick): OverheadFigure => {
    const [without, values] = [valuesOf('off', pick), valuesOf(mode, pick)];
    const pairs = [...values].flatMap(([number, after]) => {
      const before = without.get(number);
      return before === undefined ? [] : [{before, after}];
    });
    return {
      value: medianOf([...values.values()]),
      ratio: mode === 'off' ? null : bootstrapRatio(pairs, {seed: record.seed}),
    };
  };
  return telemetryModes.map(mode => {
    const ofMode = trials.filter(({variant}) => variant === mode);
    return {
      mode,
      trialCount: ofMode.length,
      cpuUsPerOperation: figureOf(mode, phase => phase.cpuUsPerOperation),
      operationsPerSecond: figureOf(mode, phase => phase.goodputPerSecond),
      rssBytes: figureOf(mode, phase => phase.rssMaxBytes),
      spanCount: medianOf(ofMode.map(({telemetry}) => telemetry?.spanCount ?? null)),
    };
  });
};

/** Whether nothing of the library's own came although everything was turned on: then there is nothing whose cost could be seen. */
export const isSilent = ({trials}: {readonly trials: JudgedRun['trials']}): boolean => {
  const full = trials.filter(({variant}) => variant === ('full' satisfies TelemetryMode));
  return (
    full.length > 0 &&
    full.every(
      ({telemetry}) =>
        telemetry?.spanCount === 0 && telemetry.metrics.every(({name}) => isRuntimeMetric(name)),
    )
  );
};

export const silentText = 'the library emitted no spans or metrics';

const words: {readonly [mode in TelemetryMode]: string} = {
  off: 'no SDK, no instrumentation',
  'api-only': 'instrumentation, no SDK behind it',
  unsampled: 'an SDK whose sampler drops everything',
  'metrics-only': 'metrics, no spans',
  full: 'spans and metrics, exported',
};

const cell = ({value, ratio}: OverheadFigure, format: (value: number) => string): string => {
  if (value === null) return '–';
  return ratio === null
    ? format(value)
    : `${format(value)} = ${factor(ratio.ratio)}× (${factor(ratio.low)}–${factor(ratio.high)})`;
};

/** Titles first; ratios are to `off`, with their 95 % interval over pairs of trials. */
export const overheadCells = (rows: readonly OverheadRow[]): string[][] => [
  ['telemetry', 'CPU per operation', 'operations', 'memory', ''],
  ...rows.map(row => [
    row.mode,
    cell(row.cpuUsPerOperation, microseconds),
    cell(row.operationsPerSecond, rate),
    cell(row.rssBytes, bytes),
    words[row.mode],
  ]),
];

/** For a terminal. */
export const overheadTable = (rows: readonly OverheadRow[]): string =>
  `${textTable(overheadCells(rows)).join('\n')}\n`;
