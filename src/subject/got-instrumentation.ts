// Spans of got, made from its diagnostics channels: one for each attempt, as the conventions for HTTP clients
// require. The channels publish copies, so that no header can be added: traces end at the client.
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type Span,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import {InstrumentationBase} from '@opentelemetry/instrumentation';
import {errorCode, errorMessage, errorName} from '../load/error-facts.ts';

type Attempt = {readonly span: Span; readonly startMs: number; readonly attributes: Attributes};

/** `sentCount`: attempts and followed redirects so far. */
type Request = {readonly parent: Context; sentCount: number; attempt: Attempt | null};

type Told = {readonly requestId: string};
type Sent = Told & {readonly url: string; readonly method: string};
type Answered = Told & {readonly statusCode: number};
type Failed = Told & {readonly error: unknown};

/**
 * got does not say whether an answer is the last: an error of 500 may be retried once its body is read. So the latest
 * requests that have their answer are remembered, in case a retry is reported.
 */
const answeredLimit = 10_000;

const knownMethods = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '));

/** The attributes of `http.client.request.duration`. */
const metricKeys = [
  'http.request.method',
  'http.response.status_code',
  'server.address',
  'server.port',
  'url.scheme',
  'error.type',
];

/** Of the specification of `http.client.request.duration`, in seconds. */
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const isAbort = (error: unknown): boolean => errorName(error) === 'AbortError';

const requestAttributes = (url: string, method: string): Attributes => {
  const {protocol, hostname, port} = new URL(url);
  const isKnown = knownMethods.has(method.toUpperCase());
  return {
    'http.request.method': isKnown ? method.toUpperCase() : '_OTHER',
    ...(!isKnown && {'http.request.method_original': method}),
    'url.full': url,
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
};

export class GotInstrumentation extends InstrumentationBase {
  // No initial values for the fields that `enable` and `_updateMetricInstruments` set, which the base's constructor
  // calls.
  declare private subscriptions:
    | (readonly [channel: string, listener: (message: unknown) => void])[]
    | undefined;
  declare private duration: Histogram;
  readonly #live = new Map<string, Request>();
  readonly #answered = new Map<string, Request>();

  constructor() {
    super('foulweather/got', '1.0.0', {});
  }

  protected override init(): undefined {
    return undefined;
  }

  override enable(): void {
    if ((this.subscriptions?.length ?? 0) > 0) return;
    const on = <T>(channel: string, take: (message: T) => void): void => {
      const listener = (message: unknown): void => take(message as T);
      subscribe(channel, listener);
      this.subscriptions!.push([channel, listener]);
    };
    this.subscriptions = [];
    on<Told>('got:request:create', message => this.#onCreate(message));
    on<Sent>('got:request:start', message => this.#onStart(message));
    on<Answered>('got:response:start', message => this.#onAnswer(message));
    on<Told>('got:response:redirect', ({requestId}) => this.#end(this.#live.get(requestId)));
    on<Told>('got:response:end', message => this.#onEnd(message));
    on<Failed>('got:request:retry', message => this.#onRetry(message));
    on<Failed>('got:request:error', message => this.#onError(message));
  }

  override disable(): void {
    for (const [channel, listener] of this.subscriptions ?? []) unsubscribe(channel, listener);
    this.subscriptions = [];
  }

  protected override _updateMetricInstruments(): void {
    this.duration = this.meter.createHistogram('http.client.request.duration', {
      description: 'Duration of HTTP client requests.',
      unit: 's',
      advice: {explicitBucketBoundaries: bucketsSeconds},
    });
  }

  /** Runs in the caller's context. A retry is made by a timer or a socket, and keeps the context of the first attempt. */
  #onCreate({requestId}: Told): void {
    if (this.#live.has(requestId)) return;
    this.#live.set(requestId, {parent: context.active(), sentCount: 0, attempt: null});
  }

  #onStart({requestId, url, method}: Sent): void {
    const request = this.#live.get(requestId);
    if (!request || !URL.canParse(url)) return;
    this.#end(request);
    const attributes: Attributes = {
      ...requestAttributes(url, method),
      ...(request.sentCount > 0 && {'http.request.resend_count': request.sentCount}),
    };
    const name = attributes['http.request.method'] === '_OTHER' ? 'HTTP' : method.toUpperCase();
    const span = this.tracer.startSpan(name, {kind: SpanKind.CLIENT, attributes}, request.parent);
    request.sentCount++;
    request.attempt = {span, startMs: performance.now(), attributes};
  }

  #onAnswer({requestId, statusCode}: Answered): void {
    const attempt = this.#live.get(requestId)?.attempt;
    if (!attempt) return;
    const told: Attributes = {
      'http.response.status_code': statusCode,
      ...(statusCode >= 400 && {'error.type': String(statusCode)}),
    };
    Object.assign(attempt.attributes, told);
    attempt.span.setAttributes(told);
    if (statusCode >= 400) attempt.span.setStatus({code: SpanStatusCode.ERROR});
  }

  #onEnd({requestId}: Told): void {
    const request = this.#live.get(requestId);
    if (!request) return;
    this.#end(request);
    this.#live.delete(requestId);
    this.#answered.set(requestId, request);
    if (this.#answered.size <= answeredLimit) return;
    const [oldest] = this.#answered.keys();
    this.#answered.delete(oldest!);
  }

  #onRetry({requestId, error}: Failed): void {
    const request = this.#live.get(requestId) ?? this.#answered.get(requestId);
    if (!request) return;
    this.#answered.delete(requestId);
    this.#live.set(requestId, request);
    this.#end(request, error);
  }

  #onError({requestId, error}: Failed): void {
    this.#end(this.#live.get(requestId), error);
    this.#live.delete(requestId);
    this.#answered.delete(requestId);
  }

  /** A caller's abort is no error. */
  #end(request: Request | undefined, error?: unknown): void {
    const attempt = request?.attempt;
    if (!attempt) return;
    request!.attempt = null;
    const {span, startMs, attributes} = attempt;
    if (error !== undefined && !isAbort(error) && !('error.type' in attributes)) {
      const type = errorCode(error) ?? errorName(error);
      attributes['error.type'] = type;
      span.setAttribute('error.type', type);
      span.setStatus({code: SpanStatusCode.ERROR, message: errorMessage(error)});
    }
    span.end();
    this.duration.record(
      (performance.now() - startMs) / 1000,
      Object.fromEntries(metricKeys.flatMap(key => (key in attributes ? [[key, attributes[key]]] : []))),
    );
  }
}
