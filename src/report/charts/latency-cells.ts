// Response times of one phase of one variant in buckets, all of its trials together.
import {countsBetween, mergeHistograms, percentileMs} from '../../stats/histogram.ts';
import type {VariantStory} from '../case-study/run-story.ts';

export const bucketsPerDecade = 10;
const floorMs = 0.1;

export type Cell = {
  readonly okCounts: readonly number[];
  readonly notOkCounts: readonly number[];
  readonly settledCount: number;
  readonly hungCount: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
};

const histogramsOf = (
  {trials}: VariantStory,
  index: number | null,
): {ok: readonly string[]; notOk: readonly string[]} => {
  const figures = trials.flatMap(({trial}) =>
    trial.driver.phases.filter(({phase}) => index === null || phase === index),
  );
  return {
    ok: figures.map(({responseOkUs}) => responseOkUs),
    notOk: figures.map(({responseNotOkUs}) => responseNotOkUs),
  };
};

/** Edges of the buckets in ms, whole decades around all that was measured and the deadline; none where nothing was. */
export const edgesOf = (columns: readonly VariantStory[], deadlineMs: number): number[] => {
  const merged = columns.map(column => {
    const {ok, notOk} = histogramsOf(column, null);
    return mergeHistograms([...ok, ...notOk]);
  });
  const lows = merged.flatMap(histogram => percentileMs(histogram, 0) ?? []);
  const highs = merged.flatMap(histogram => percentileMs(histogram, 100) ?? []);
  if (highs.length === 0) return [];
  const from = Math.floor(Math.log10(Math.max(floorMs, Math.min(...lows))));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(floorMs, deadlineMs, ...highs)) - 1e-9));
  return Array.from(
    {length: (to - from) * bucketsPerDecade + 1},
    (_, index) => 10 ** (from + index / bucketsPerDecade),
  );
};

export const cellOf = (column: VariantStory, index: number, edgesMs: readonly number[]): Cell => {
  const {ok, notOk} = histogramsOf(column, index);
  const all = mergeHistograms([...ok, ...notOk]);
  const hungCount = column.trials
    .flatMap(({trial}) => trial.driver.phases.filter(({phase}) => phase === index))
    .reduce((sum, {outcomes}) => sum + outcomes.hung, 0);
  return {
    okCounts: countsBetween(mergeHistograms(ok), edgesMs),
    notOkCounts: countsBetween(mergeHistograms(notOk), edgesMs),
    settledCount: all?.totalCount ?? 0,
    hungCount,
    p50Ms: percentileMs(all, 50),
    p99Ms: percentileMs(all, 99),
  };
};

/** Shares of what settled, so that two trials and twenty look the same. */
export const shareOf = (cell: Cell, counted: number): number =>
  cell.settledCount === 0 ? 0 : counted / cell.settledCount;
