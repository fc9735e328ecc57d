// Decoded metrics in foulweather's form: one kind of histogram, numbers for 64-bit integers, ms since the trial's
// origin.
import type {Attributes} from '../model/telemetry.ts';
import {explicitBuckets} from './exponential-buckets.ts';
import {bucketLimit} from './histogram-value.ts';
import type {Clock} from './normalise.ts';
import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  MetricMessage,
  MetricsRequest,
  NumberDataPoint,
} from './otlp-messages.ts';
import type {Rejected} from './otlp-response.ts';
import type {HistogramValue, Instrument, Point, Temporality} from './point.ts';
import {attributes, isZero, signedNumber, unsignedNumber} from './values.ts';

/** DataPointFlags: the series had no value at that time, so there is nothing to read. */
const noRecordedValueFlag = 1;

const temporalities: readonly (Temporality | null)[] = [null, 'delta', 'cumulative'];

const numberOf = ({asDouble, asInt}: NumberDataPoint): number | null => {
  const value = asInt === null ? asDouble : signedNumber(asInt);
  return value === null || !Number.isFinite(value) ? null : value;
};

const finite = (sum: number | null): number => (sum !== null && Number.isFinite(sum) ? sum : 0);

const explicitOf = (point: HistogramDataPoint): HistogramValue | null => {
  const {explicitBounds: bounds, sum} = point;
  const count = unsignedNumber(point.count);
  // No buckets at all is allowed: such a histogram only has a count and a sum.
  const bucketCounts =
    point.bucketCounts.length === 0 && bounds.length === 0 ? [count] : point.bucketCounts.map(unsignedNumber);
  if (bucketCounts.length !== bounds.length + 1 || bounds.length > bucketLimit) return null;
  const ascending = bounds.every(
    (bound, index) => Number.isFinite(bound) && (index === 0 || bounds[index - 1]! < bound),
  );
  return ascending ? {count, sum: finite(sum), bounds, bucketCounts} : null;
};

const exponentialOf = (point: ExponentialHistogramDataPoint): HistogramValue | null => {
  const positiveCount = point.positive?.bucketCounts.length ?? 0;
  const negativeCount = point.negative?.bucketCounts.length ?? 0;
  // Each bucket may need two bounds. Scales beyond ±20 are in no specification.
  if ((positiveCount + negativeCount) * 2 > bucketLimit || Math.abs(point.scale) > 20) return null;
  if (!Number.isFinite(point.zeroThreshold) || point.zeroThreshold < 0) return null;
  return {count: unsignedNumber(point.count), sum: finite(point.sum), ...explicitBuckets(point)};
};

type Placed = {readonly instrument: Instrument; readonly attributes: Attributes; readonly atMs: number};
type AnyDataPoint = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint;

/** The points of one metric; null for one that cannot be read. */
const pointsOf = (metric: MetricMessage, scope: string, clock: Clock): readonly (Point | null)[] => {
  const instrument: Instrument = {scope, name: metric.name, unit: metric.unit};
  const place = (point: AnyDataPoint): Placed => ({
    instrument,
    attributes: attributes(point.attributes),
    atMs: clock(point.timeUnixNano),
  });
  const startOf = (point: AnyDataPoint): number | null =>
    isZero(point.startTimeUnixNano) ? null : clock(point.startTimeUnixNano);
  const isRecorded = ({flags}: AnyDataPoint): boolean => (flags & noRecordedValueFlag) === 0;

  if (metric.gauge !== null) {
    return metric.gauge.dataPoints.filter(isRecorded).map(point => {
      const value = numberOf(point);
      return value === null ? null : {...place(point), kind: 'gauge', value};
    });
  }
  if (metric.sum !== null) {
    const {aggregationTemporality, isMonotonic} = metric.sum;
    const temporality = temporalities[aggregationTemporality] ?? null;
    return metric.sum.dataPoints.filter(isRecorded).map(point => {
      const value = numberOf(point);
      if (value === null || temporality === null) return null;
      return {...place(point), kind: 'sum', value, temporality, isMonotonic, startMs: startOf(point)};
    });
  }
  const histogramPoint = (point: AnyDataPoint, value: HistogramValue | null, code: number): Point | null => {
    const temporality = temporalities[code] ?? null;
    if (value === null || temporality === null) return null;
    return {...place(point), kind: 'histogram', value, temporality, startMs: startOf(point)};
  };
  if (metric.histogram !== null) {
    const {dataPoints, aggregationTemporality: code} = metric.histogram;
    return dataPoints.filter(isRecorded).map(point => histogramPoint(point, explicitOf(point), code));
  }
  if (metric.exponentialHistogram !== null) {
    const {dataPoints, aggregationTemporality: code} = metric.exponentialHistogram;
    return dataPoints.filter(isRecorded).map(point => histogramPoint(point, exponentialOf(point), code));
  }
  return metric.summary === null ? [] : metric.summary.dataPoints.map(() => null);
};

/** Points without a value, temporality or sound buckets, and those of summaries, are rejected; the others are accepted. */
export const normaliseMetrics = (
  request: MetricsRequest,
  clock: Clock,
): {readonly points: Point[]; readonly rejected: Rejected} => {
  const points: Point[] = [];
  let rejectedCount = 0;
  for (const {scopeMetrics} of request.resourceMetrics) {
    for (const {scope, metrics} of scopeMetrics) {
      for (const metric of metrics) {
        for (const point of pointsOf(metric, scope?.name ?? '', clock)) {
          if (point === null) rejectedCount += 1;
          else points.push(point);
        }
      }
    }
  }
  return {points, rejected: {count: rejectedCount, reason: 'data point of an unknown kind or shape'}};
};
