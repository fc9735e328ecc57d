// Decoded spans in foulweather's form: hex ids, words for kinds, ms since the trial's origin.
import type {Span, SpanKind, SpanStatus} from '../model/telemetry.ts';
import type {Bits64, SpanMessage, TracesRequest} from './otlp-messages.ts';
import type {Rejected} from './otlp-response.ts';
import {attributes, hexId} from './values.ts';

const kinds: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses: readonly SpanStatus[] = ['unset', 'ok', 'error'];

/** From nanoseconds since 1970 to ms since the trial's origin. */
export type Clock = (nanos: Bits64) => number;

const normaliseSpan = (span: SpanMessage, scope: string, clock: Clock): Span | null => {
  const traceId = hexId(span.traceId, 16);
  const spanId = hexId(span.spanId, 8);
  if (traceId === null || spanId === null) return null;
  return {
    traceId,
    spanId,
    parentSpanId: hexId(span.parentSpanId, 8),
    scope,
    name: span.name,
    kind: kinds[span.kind] ?? 'unspecified',
    startMs: clock(span.startTimeUnixNano),
    endMs: clock(span.endTimeUnixNano),
    status: statuses[span.status?.code ?? 0] ?? 'unset',
    statusMessage: span.status === null || span.status.message === '' ? null : span.status.message,
    attributes: attributes(span.attributes),
    events: span.events.map(event => ({
      name: event.name,
      atMs: clock(event.timeUnixNano),
      attributes: attributes(event.attributes),
    })),
  };
};

/** Spans with malformed ids cannot be placed in a trace: they are rejected, the others are accepted. */
export const normaliseSpans = (
  request: TracesRequest,
  clock: Clock,
): {readonly spans: Span[]; readonly rejected: Rejected} => {
  const spans: Span[] = [];
  let rejectedCount = 0;
  for (const {scopeSpans} of request.resourceSpans) {
    for (const {scope, spans: messages} of scopeSpans) {
      const scopeName = scope?.name ?? '';
      for (const message of messages) {
        const span = normaliseSpan(message, scopeName, clock);
        if (span === null) rejectedCount += 1;
        else spans.push(span);
      }
    }
  }
  return {spans, rejected: {count: rejectedCount, reason: 'span with an invalid trace id or span id'}};
};
