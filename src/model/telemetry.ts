// What the library reported on itself, normalised from OTLP and summed up per phase. Times are ms since the trial's
// origin.
import type {RuntimeSample} from './runtime-sample.ts';

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

/** An area of the semantic conventions for clients. */
export type ConventionArea = 'http' | 'db' | 'messaging' | 'rpc' | 'gen-ai';

/**
 * Spans with the same attributes of the same types, whatever their values. `attributes` gives each key its type:
 * `string`, `int`, `double`, `boolean`, `null`, or one of these with `[]`.
 */
export type SpanShape = {
  readonly area: ConventionArea | null;
  readonly scope: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly attributes: {readonly [key: string]: string};
  readonly count: number;
  /** How many of them carry a user name or a password in a URL. */
  readonly credentialCount: number;
  readonly example: {readonly traceId: string; readonly spanId: string};
};

/**
 * What the library's spans say of each operation, one byte an operation, in base64; an operation beyond the end has
 * none. 255 is 255 or more. A span that names another operation in its attributes is one of that operation: a queue
 * may have run it in the async context of another. Declared work in the background is left out.
 */
export type OperationTelemetry = {
  /** Spans of kind client by HTTP's conventions: one for each attempt. */
  readonly httpSpans: string;
  /** Spans of kind client or producer, or of a consumer that asks, by the other conventions: one for each call, its retries included. */
  readonly callSpans: string;
  /** Bits of `operationMarks`. */
  readonly marks: string;
  /** From the start of the first to the end of the last of its spans, as `durationCode`. Absent in old runs. */
  readonly durations?: string;
};

/** What is known of an operation's spans beyond their number. The last of its calls' spans to arrive is the last that ended. */
export const operationMarks = {
  lastIsError: 1,
  /** The last span has an HTTP status of 400 or more: a scenario may take such an answer for a success. */
  lastHasErrorStatus: 2,
  someIsError: 4,
  hasResendCount: 8,
  wasRedirected: 16,
} as const;

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
 * A metric series over one phase: how much a sum grew, where a gauge was, what a histogram recorded. Growth between
 * two points is attributed as a whole to the phase in which the middle of their time lies.
 */
export type MetricSummary =
  | (SeriesOfPhase & {
      readonly kind: 'sum';
      /** Null in runs that were saved before it was kept. */
      readonly isMonotonic: boolean | null;
      readonly increase: number;
      readonly last: number;
    })
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

/**
 * The name of foulweather's own event for a span that is ended again, in the trace of that span: see
 * `subject/double-ends`.
 */
export const endedAgainEvent = 'foulweather.span.ended_again';

export const logSeverities = ['unspecified', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type LogSeverity = (typeof logSeverities)[number];

/** A log record, or an event, which is one with a name. */
export type LogEntry = {
  readonly atMs: number;
  readonly scope: string;
  readonly severity: LogSeverity;
  readonly eventName: string | null;
  readonly body: AttributeValue;
  readonly traceId: string | null;
  readonly attributes: Attributes;
};

export type LogObservation = {
  readonly counts: readonly {
    readonly phase: number;
    readonly scope: string;
    readonly severity: LogSeverity;
    readonly eventName: string | null;
    readonly count: number;
  }[];
  /** The first of each kind and phase, by time. */
  readonly entries: readonly LogEntry[];
};

/** Spans that were open at a moment after the load, and those of them that ended later. */
export type OpenSpans = {readonly openCount: number; readonly endedLaterCount: number};

export type TelemetryObservation = {
  readonly resource: Attributes;
  readonly spanCount: number;
  /** Spans that were received but left out of `groups`, because there were too many different ones. */
  readonly ungroupedSpanCount: number;
  readonly groups: readonly SpanGroup[];
  readonly metrics: readonly MetricSummary[];
  /** What a program's runtime reported on itself, by time. Absent where it reported nothing, and in older runs. */
  readonly runtime?: readonly RuntimeSample[];
  /** A bounded choice of whole spans: per phase the slowest, the first errors, the first of all. */
  readonly exemplars: readonly Span[];
  /** Per operation index, how many spans carry its trace id (255 = 255 or more); base64 of one byte each. */
  readonly spansPerOperation: string;
  /** Null in runs that were saved before it was kept. */
  readonly operations: OperationTelemetry | null;
  /** Null in runs that were saved before they were kept. */
  readonly shapes: readonly SpanShape[] | null;
  /** Spans of what the scenario declares as work in the background. Absent in older runs. */
  readonly backgroundSpanCount?: number;
  /**
   * Of the spans that were open after the load, as the SDK counts them, how many ended after all: while the trial
   * waited, or, where they were of no operation, with the library's close. Null where the SDK did not count; absent
   * in older runs.
   */
  readonly openAfterLoad?: OpenSpans | null;
  readonly logRecordCount: number;
  /** Null in runs that were saved before they were kept. */
  readonly logs: LogObservation | null;
  readonly requestCount: number;
  /** Bytes of the requests' bodies as they were on the wire. */
  readonly requestBytes: number;
  /** What was refused or left out, by reason: requests, single spans and points, spans that the disk did not take. */
  readonly refusals: {readonly [reason: string]: number};
};

/**
 * What the receiver counts as phases besides those of the plan: the time before the load, in which the library is
 * opened and an operation is tried; the time after the load, in which operations may still settle; and the time from
 * the library's close on.
 */
export const openingPhase = -1;
export const drainPhase = ({phases}: {readonly phases: readonly unknown[]}): number => phases.length;
export const closingPhase = (plan: {readonly phases: readonly unknown[]}): number => drainPhase(plan) + 1;

/** The name of any of these. */
export const nameOfPhase = (phases: readonly {readonly name: string}[], phase: number): string =>
  phases[phase]?.name ?? (phase < 0 ? 'start' : 'drain');

/**
 * The trace of an operation carries its index, so that the library's spans can be tied to it without any span of
 * foulweather's: the first 8 bytes name the trial, the last 8 are the index + 1 (zero is not allowed).
 */
export const traceIdOfOperation = (trialPrefix: string, index: number): string =>
  trialPrefix + (index + 1).toString(16).padStart(16, '0');

/** The index of the operation that a trace belongs to, or null where it is not one of these traces. */
export const operationOfTraceId = (trialPrefix: string, traceId: string): number | null => {
  if (traceId.length !== 32 || !traceId.startsWith(trialPrefix)) return null;
  const index = Number.parseInt(traceId.slice(16), 16) - 1;
  return Number.isSafeInteger(index) && index >= 0 ? index : null;
};
