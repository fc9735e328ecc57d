// The OTLP messages as a protobuf descriptor. Field numbers are from opentelemetry-proto 1.x. Fields that are not
// read here (links, exemplars, trace state) are left out: the decoder skips what it doesn't know.
import protobuf from 'protobufjs/light.js';

type Fields = {readonly [name: string]: readonly [id: number, type: string]};

const withPresence = {features: {field_presence: 'EXPLICIT'}};

/** `type[]` is a repeated field; `type?` one whose absence differs from zero, as for members of a oneof. */
const message = (fields: Fields): protobuf.IType => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [id, type]]): [string, protobuf.IField] => {
      if (type.endsWith('[]')) return [name, {id, type: type.slice(0, -2), rule: 'repeated'}];
      if (type.endsWith('?')) return [name, {id, type: type.slice(0, -1), options: withPresence}];
      return [name, {id, type}];
    }),
  ),
});

const common = {
  // The oneof's members; whichever is not null is the value. Declaring the oneof would cost a third of the decoding time.
  AnyValue: message({
    stringValue: [1, 'string?'],
    boolValue: [2, 'bool?'],
    intValue: [3, 'int64?'],
    doubleValue: [4, 'double?'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
    bytesValue: [7, 'bytes?'],
  }),
  ArrayValue: message({values: [1, 'AnyValue[]']}),
  KeyValueList: message({values: [1, 'KeyValue[]']}),
  KeyValue: message({key: [1, 'string'], value: [2, 'AnyValue']}),
  Scope: message({name: [1, 'string'], version: [2, 'string'], attributes: [3, 'KeyValue[]']}),
  Resource: message({attributes: [1, 'KeyValue[]']}),
};

const traces = {
  TracesRequest: message({resourceSpans: [1, 'ResourceSpans[]']}),
  ResourceSpans: message({resource: [1, 'Resource'], scopeSpans: [2, 'ScopeSpans[]']}),
  ScopeSpans: message({scope: [1, 'Scope'], spans: [2, 'Span[]']}),
  Span: message({
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    parentSpanId: [4, 'bytes'],
    name: [5, 'string'],
    kind: [6, 'int32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue[]'],
    events: [11, 'SpanEvent[]'],
    links: [13, 'SpanLink[]'],
    status: [15, 'SpanStatus'],
  }),
  SpanEvent: message({timeUnixNano: [1, 'fixed64'], name: [2, 'string'], attributes: [3, 'KeyValue[]']}),
  /** Only of the harness's own spans. */
  SpanLink: message({traceId: [1, 'bytes'], spanId: [2, 'bytes']}),
  SpanStatus: message({message: [2, 'string'], code: [3, 'int32']}),
  TracesResponse: message({partialSuccess: [1, 'TracesPartialSuccess']}),
  TracesPartialSuccess: message({rejectedSpans: [1, 'int64'], errorMessage: [2, 'string']}),
};

const metrics = {
  MetricsRequest: message({resourceMetrics: [1, 'ResourceMetrics[]']}),
  ResourceMetrics: message({resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics[]']}),
  ScopeMetrics: message({scope: [1, 'Scope'], metrics: [2, 'Metric[]']}),
  Metric: message({
    name: [1, 'string'],
    unit: [3, 'string'],
    gauge: [5, 'Gauge'],
    sum: [7, 'Sum'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
    summary: [11, 'Summary'],
  }),
  Gauge: message({dataPoints: [1, 'NumberDataPoint[]']}),
  Sum: message({
    dataPoints: [1, 'NumberDataPoint[]'],
    aggregationTemporality: [2, 'int32'],
    isMonotonic: [3, 'bool'],
  }),
  Histogram: message({dataPoints: [1, 'HistogramDataPoint[]'], aggregationTemporality: [2, 'int32']}),
  ExponentialHistogram: message({
    dataPoints: [1, 'ExponentialHistogramDataPoint[]'],
    aggregationTemporality: [2, 'int32'],
  }),
  // Summaries are deprecated; their points are counted, to be refused.
  Summary: message({dataPoints: [1, 'SummaryDataPoint[]']}),
  SummaryDataPoint: message({timeUnixNano: [3, 'fixed64']}),
  NumberDataPoint: message({
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    asDouble: [4, 'double?'],
    asInt: [6, 'sfixed64?'],
    attributes: [7, 'KeyValue[]'],
    flags: [8, 'uint32'],
  }),
  HistogramDataPoint: message({
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double?'],
    bucketCounts: [6, 'fixed64[]'],
    explicitBounds: [7, 'double[]'],
    attributes: [9, 'KeyValue[]'],
    flags: [10, 'uint32'],
  }),
  ExponentialHistogramDataPoint: message({
    attributes: [1, 'KeyValue[]'],
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double?'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'ExponentialBuckets'],
    negative: [9, 'ExponentialBuckets'],
    flags: [10, 'uint32'],
    zeroThreshold: [14, 'double'],
  }),
  ExponentialBuckets: message({offset: [1, 'sint32'], bucketCounts: [2, 'uint64[]']}),
  MetricsResponse: message({partialSuccess: [1, 'MetricsPartialSuccess']}),
  MetricsPartialSuccess: message({rejectedDataPoints: [1, 'int64'], errorMessage: [2, 'string']}),
};

const logs = {
  LogsRequest: message({resourceLogs: [1, 'ResourceLogs[]']}),
  ResourceLogs: message({resource: [1, 'Resource'], scopeLogs: [2, 'ScopeLogs[]']}),
  ScopeLogs: message({scope: [1, 'Scope'], logRecords: [2, 'LogRecord[]']}),
  LogRecord: message({
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'int32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: [6, 'KeyValue[]'],
    traceId: [9, 'bytes'],
    spanId: [10, 'bytes'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  }),
  LogsResponse: message({partialSuccess: [1, 'LogsPartialSuccess']}),
  LogsPartialSuccess: message({rejectedLogRecords: [1, 'int64'], errorMessage: [2, 'string']}),
};

/** google.rpc.Status, the body of every refusal. */
const rpc = {RpcStatus: message({code: [1, 'int32'], message: [2, 'string']})};

const root = protobuf.Root.fromJSON({nested: {...common, ...traces, ...metrics, ...logs, ...rpc}});

/** The reflected type of a message, by its short name. Throws where there is none. */
export const otlpType = (name: string): protobuf.Type => root.lookupType(name);

// What was not sent reads as the prototype's value, which is a zero unless it is set to null.
for (const type of root.nestedArray) {
  if (!(type instanceof protobuf.Type)) continue;
  for (const field of type.fieldsArray) {
    if (field.hasPresence) Object.assign(type.ctor.prototype, {[field.name]: null});
  }
}
