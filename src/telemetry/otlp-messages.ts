// What a decoded OTLP request looks like, whether it came as protobuf or as JSON. Mirrors otlp-schema.ts.
// Members of a oneof, and messages that were not sent, are null; other scalars have protobuf's zero value.

/** A 64-bit integer in two halves, as protobufjs' Long has it. */
export type Bits64 = {readonly low: number; readonly high: number};

export type AnyValue = {
  readonly stringValue: string | null;
  readonly boolValue: boolean | null;
  readonly intValue: Bits64 | null;
  readonly doubleValue: number | null;
  readonly arrayValue: {readonly values: readonly AnyValue[]} | null;
  readonly kvlistValue: {readonly values: readonly KeyValue[]} | null;
  readonly bytesValue: Bytes | null;
};
export type KeyValue = {readonly key: string; readonly value: AnyValue | null};
export type Bytes = Uint8Array | readonly [];

type Scope = {readonly name: string} | null;
export type Resource = {readonly attributes: readonly KeyValue[]} | null;

export type SpanMessage = {
  readonly traceId: Bytes;
  readonly spanId: Bytes;
  readonly parentSpanId: Bytes;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: Bits64;
  readonly endTimeUnixNano: Bits64;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly {
    readonly timeUnixNano: Bits64;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status: {readonly message: string; readonly code: number} | null;
};

export type TracesRequest = {
  readonly resourceSpans: readonly {
    readonly resource: Resource;
    readonly scopeSpans: readonly {readonly scope: Scope; readonly spans: readonly SpanMessage[]}[];
  }[];
};

type DataPoint = {
  readonly startTimeUnixNano: Bits64;
  readonly timeUnixNano: Bits64;
  readonly attributes: readonly KeyValue[];
  readonly flags: number;
};
export type NumberDataPoint = DataPoint & {readonly asDouble: number | null; readonly asInt: Bits64 | null};
export type HistogramDataPoint = DataPoint & {
  readonly count: Bits64;
  readonly sum: number | null;
  readonly bucketCounts: readonly Bits64[];
  readonly explicitBounds: readonly number[];
};
export type ExponentialBuckets = {readonly offset: number; readonly bucketCounts: readonly Bits64[]};
export type ExponentialHistogramDataPoint = DataPoint & {
  readonly count: Bits64;
  readonly sum: number | null;
  readonly scale: number;
  readonly zeroCount: Bits64;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets | null;
  readonly negative: ExponentialBuckets | null;
};

export type MetricMessage = {
  readonly name: string;
  readonly unit: string;
  readonly gauge: {readonly dataPoints: readonly NumberDataPoint[]} | null;
  readonly sum: {
    readonly dataPoints: readonly NumberDataPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  } | null;
  readonly histogram: {
    readonly dataPoints: readonly HistogramDataPoint[];
    readonly aggregationTemporality: number;
  } | null;
  readonly exponentialHistogram: {
    readonly dataPoints: readonly ExponentialHistogramDataPoint[];
    readonly aggregationTemporality: number;
  } | null;
  readonly summary: {readonly dataPoints: readonly unknown[]} | null;
};

export type MetricsRequest = {
  readonly resourceMetrics: readonly {
    readonly resource: Resource;
    readonly scopeMetrics: readonly {readonly scope: Scope; readonly metrics: readonly MetricMessage[]}[];
  }[];
};

export type LogRecordMessage = {
  readonly timeUnixNano: Bits64;
  readonly observedTimeUnixNano: Bits64;
  readonly severityNumber: number;
  readonly body: AnyValue | null;
  readonly attributes: readonly KeyValue[];
  readonly traceId: Bytes;
  readonly eventName: string;
};

export type LogsRequest = {
  readonly resourceLogs: readonly {
    readonly resource: Resource;
    readonly scopeLogs: readonly {readonly scope: Scope; readonly logRecords: readonly LogRecordMessage[]}[];
  }[];
};

/** The three signals, as the last part of the path names them, and what is sent for each. */
export type Requests = {
  readonly traces: TracesRequest;
  readonly metrics: MetricsRequest;
  readonly logs: LogsRequest;
};
export type Signal = keyof Requests;
export type Encoding = 'protobuf' | 'json';
