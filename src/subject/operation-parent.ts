// The context in which an operation runs: the parent of the library's spans, a remote one of foulweather's, so that
// they share the operation's trace. It is made when a span asks for its parent, since most of what a library does
// asks for none.
import {type Context, ROOT_CONTEXT, type Span, type SpanContext, TraceFlags, trace} from '@opentelemetry/api';
import {traceIdOfOperation} from '../model/telemetry.ts';

export const parentSpanId = '0000000000000001';

/** The key by which OpenTelemetry's API finds a context's span. It is not exported; it is learnt from what the API writes. */
const spanKey: symbol = (() => {
  let key: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    setValue(written) {
      key = written;
      return probe;
    },
    deleteValue: () => probe,
  };
  trace.setSpanContext(probe, {traceId: '', spanId: '', traceFlags: TraceFlags.NONE});
  if (key === undefined) throw new Error('the OpenTelemetry API sets no value for a span');
  return key;
})();

export class OperationParent implements Context {
  readonly #tracePrefix: string;
  readonly #index: number;
  #span: Span | undefined;

  constructor(tracePrefix: string, index: number) {
    this.#tracePrefix = tracePrefix;
    this.#index = index;
  }

  getValue(key: symbol): unknown {
    if (key !== spanKey) return undefined;
    this.#span ??= trace.wrapSpanContext(this.#spanContext());
    return this.#span;
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#plain().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#plain().deleteValue(key);
  }

  #plain(): Context {
    return ROOT_CONTEXT.setValue(spanKey, this.getValue(spanKey));
  }

  #spanContext(): SpanContext {
    return {
      traceId: traceIdOfOperation(this.#tracePrefix, this.#index),
      spanId: parentSpanId,
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    };
  }
}
