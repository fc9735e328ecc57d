// Spans that are ended more than once. The SDK reports that to its own diagnostics only: here it becomes an event in
// the trace of the span.
import {
  type DiagLogger,
  DiagLogLevel,
  diag,
  logs,
  ROOT_CONTEXT,
  SeverityNumber,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {endedAgainEvent} from '../model/telemetry.ts';

const secondEnd = /^(.*) ([0-9a-f]{32})-([0-9a-f]{16}) - You can only call end\(\) on a span once\.$/s;

const nobody = (): void => undefined;

/** Other errors stay as unheard as without a logger. */
const listener: DiagLogger = {
  error(message) {
    const [, name, traceId, spanId] = secondEnd.exec(message) ?? [];
    if (traceId === undefined || spanId === undefined) return;
    logs.getLogger('foulweather').emit({
      eventName: endedAgainEvent,
      severityNumber: SeverityNumber.WARN,
      body: `${name} was ended again`,
      context: trace.setSpanContext(ROOT_CONTEXT, {traceId, spanId, traceFlags: TraceFlags.SAMPLED}),
    });
  },
  warn: nobody,
  info: nobody,
  debug: nobody,
  verbose: nobody,
};

export const watchDoubleEnds = (): void => {
  diag.setLogger(listener, {logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true});
};
