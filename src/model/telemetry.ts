// What the library said about itself, normalised from OTLP and summed up per phase.
// Times are ms since the trial's origin.

export type AttributeValue = string | number | boolean | readonly AttributeValue[] | null;
export type Attributes = {readonly [key: string]: AttributeValue};

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type SpanStatus = 'unset' | 'ok' | 'error';

export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** The instrumentation scope: who made the span. */
  readonly scope: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: SpanStatus;
  readonly statusMessage: string | null;
  readonly attributes: Attributes;
  readonly events: readonly {readonly name: string; readonly atMs: number; readonly attributes: Attributes}[];
};

/** Spans of one phase that look alike. `errorType` keeps its JSON type: a number there is itself a finding. */
export type SpanGroup = {
  readonly phase: number;
  readonly scope: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly errorType: AttributeValue;
  readonly count: number;
  readonly durationP50Ms: number;
  readonly durationP99Ms: number;
  readonly durationMaxMs: number;
};

type SeriesOfPhase = {
  readonly phase: number;
  readonly scope: string;
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
};

/**
 * A metric series over one phase: how much a sum grew, where a gauge was, what a histogram took in. Growth
 * between two points is given whole to the phase in which the middle of their time lies.
 */
export type MetricSummary =
  | (SeriesOfPhase & {readonly kind: 'sum'; readonly increase: number; readonly last: number})
  | (SeriesOfPhase & {
      readonly kind: 'gauge';
      readonly mean: number;
      readonly max: number;
      readonly last: number;
    })
  | (SeriesOfPhase & {
      readonly kind: 'histogram';
      readonly count: number;
      readonly sum: number;
      /** Upper bounds of the buckets, and the counts of one bucket more. */
      readonly bounds: readonly number[];
      readonly bucketCounts: readonly number[];
    });

export type TelemetryObservation = {
  readonly resource: Attributes;
  readonly spanCount: number;
  /** Spans that were received but left out of `groups`, because there were too many different ones. */
  readonly ungroupedSpanCount: number;
  readonly groups: readonly SpanGroup[];
  readonly metrics: readonly MetricSummary[];
  /** A bounded choice of whole spans: per phase the slowest, the first errors, the first of all. */
  readonly exemplars: readonly Span[];
  /** Per operation index, how many spans carry its trace id (255 = 255 or more); base64 of one byte each. */
  readonly spansPerOperation: string;
  readonly logRecordCount: number;
  readonly requestCount: number;
  /** Bytes of the requests' bodies as they were on the wire. */
  readonly requestBytes: number;
  /** What was refused or left out, by reason: requests, single spans and points, spans that the disk did not take. */
  readonly refusals: {readonly [reason: string]: number};
};

/**
 * The trace of an operation carries its index, so that the library's spans can be tied to it without
 * any span of ours: the first 8 bytes name the trial, the last 8 are the index + 1 (zero is not allowed).
 */
export const traceIdOfOperation = (trialPrefix: string, index: number): string =>
  trialPrefix + (index + 1).toString(16).padStart(16, '0');

/** The index of the operation that a trace belongs to, or null where the trace is not ours. */
export const operationOfTraceId = (trialPrefix: string, traceId: string): number | null => {
  if (traceId.length !== 32 || !traceId.startsWith(trialPrefix)) return null;
  const index = Number.parseInt(traceId.slice(16), 16) - 1;
  return Number.isSafeInteger(index) && index >= 0 ? index : null;
};
