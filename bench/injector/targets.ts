// What the injector is held to, and whether a run shows it.
import type {Series} from './series.ts';

export type TargetOutcome = {
  /** The row's title. */
  readonly row: string;
  readonly target: string;
  /** even: missed by less than the rounds differ among themselves. */
  readonly verdict: 'met' | 'missed' | 'even' | 'not measured';
  readonly detail: string;
};

/** What Toxiproxy's own tests allow it to add, without a queue before it. */
const largestMeanUs = 300;
const largestLatencyExcessMs = {p50: 1, p99: 5};
const largestBandwidthDeviationPercent = 1;
/** Resident memory comes and goes by this much with garbage collection. */
const largestGrowthMegabytes = 10;

export const judgeTargets = (series: Series): readonly TargetOutcome[] => {
  const titles = series.rows.map(({title}) => title);
  const matching = (pattern: RegExp): readonly string[] => titles.filter(title => pattern.test(title));
  return [
    ...matching(/: requests$|one way$/).map(title => throughput(series, title)),
    ...matching(/added to direct$/).map(title => addedTime(series, title)),
    ...matching(/mean, added$/).map(title => within(series, title, largestMeanUs, ' µs')),
    ...matching(/excess p50$/).map(title => latency(series, title, largestLatencyExcessMs.p50)),
    ...matching(/excess p99$/).map(title => latency(series, title, largestLatencyExcessMs.p99)),
    ...matching(/bandwidth: deviation$/).map(title =>
      within(series, title, largestBandwidthDeviationPercent, '%'),
    ),
    ...matching(/^memory growth/).map(title => within(series, title, largestGrowthMegabytes, ' MB')),
  ];
};

const throughput = (series: Series, title: string): TargetOutcome => {
  const target = `${title}: at least Toxiproxy's`;
  const ratio = series.ratio(title);
  if (ratio === undefined) return {row: title, target, verdict: 'not measured', detail: 'no Toxiproxy'};
  const verdict = ratio.median >= 1 ? 'met' : ratio.high >= 1 ? 'even' : 'missed';
  return {
    row: title,
    target,
    verdict,
    detail: `${ratio.median.toFixed(2)} × (quartiles ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
  };
};

const addedTime = (series: Series, title: string): TargetOutcome => {
  const target = `${title}: at most Toxiproxy's`;
  const ours = series.of(title, 'ours');
  const real = series.of(title, 'real');
  if (ours === undefined || real === undefined)
    return {row: title, target, verdict: 'not measured', detail: 'no Toxiproxy'};
  const spread = Math.max(ours.mad, real.mad);
  const verdict =
    ours.median <= real.median ? 'met' : ours.median - real.median <= spread ? 'even' : 'missed';
  return {
    row: title,
    target,
    verdict,
    detail: `${ours.median.toFixed(0)} against ${real.median.toFixed(0)} µs (spread ${spread.toFixed(0)})`,
  };
};

/** The control's own delay is taken off: it is the generator's and the target's. */
const latency = (series: Series, title: string, limitMs: number): TargetOutcome => {
  const excessMs = (series.of(title, 'ours')?.median ?? 0) - (series.of(title, 'direct')?.median ?? 0);
  return {
    row: title,
    target: `${title}, less the control's: at most ${limitMs} ms`,
    verdict: excessMs <= limitMs ? 'met' : 'missed',
    detail: `${excessMs.toFixed(2)} ms`,
  };
};

const within = (series: Series, title: string, limit: number, unit: string): TargetOutcome => {
  const value = series.of(title, 'ours')?.median ?? Number.NaN;
  const isMet = /^memory|mean, added$/.test(title) ? value <= limit : Math.abs(value) <= limit;
  return {
    row: title,
    target: `${title}: at most ${limit}${unit}`,
    verdict: isMet ? 'met' : 'missed',
    detail: `${value.toFixed(2)}${unit}`,
  };
};
