// What the spans say of each operation: twelve bytes an operation.
import {durationCode} from '../model/duration-code.ts';
import {type OperationTelemetry, operationMarks, type Span} from '../model/telemetry.ts';
import {GrowingCounts} from './growing-counts.ts';
import {SpanExtents} from './span-extents.ts';
import {ownerOf, type SpanOwner, type TrialMarks} from './span-owner.ts';
import {areaOf} from './span-shapes.ts';

const httpStatusOf = ({attributes}: Span): number => {
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code'];
  return typeof status === 'number' ? status : 0;
};

/** An error may be shown by the status or by error.type alone: the one without the other is another finding. */
export const tellsError = (span: Span): boolean =>
  span.status === 'error' || (span.attributes['error.type'] ?? null) !== null;

const marksOf = (span: Span): number => {
  const isError = tellsError(span);
  const status = httpStatusOf(span);
  const resends = span.attributes['http.request.resend_count'];
  return (
    (isError ? operationMarks.lastIsError | operationMarks.someIsError : 0) |
    (status >= 400 ? operationMarks.lastHasErrorStatus : 0) |
    (typeof resends === 'number' && resends > 0 ? operationMarks.hasResendCount : 0) |
    (status >= 300 && status < 400 ? operationMarks.wasRedirected : 0)
  );
};

/** A consumer that asks for messages makes a call; one that processes a message does not. Both names are in use. */
const isReceive = ({kind, attributes}: Span): boolean =>
  kind === 'consumer' &&
  (attributes['messaging.operation.type'] ?? attributes['messaging.operation']) === 'receive';

/** A message that is processed, or a request that is served, is no call of the operation: it may come long after its end. */
const isCall = (span: Span): boolean =>
  isReceive(span) || (span.kind !== 'consumer' && span.kind !== 'server');

const isClientCall = (span: Span): boolean =>
  span.kind === 'client' || span.kind === 'producer' || isReceive(span);

const ofLastOnly = operationMarks.lastIsError | operationMarks.lastHasErrorStatus;

export class OperationSpans {
  readonly #trial: TrialMarks;
  readonly #spans = new GrowingCounts();
  readonly #httpSpans = new GrowingCounts();
  readonly #callSpans = new GrowingCounts();
  readonly #marks = new GrowingCounts();
  readonly #extents = new SpanExtents();
  backgroundCount = 0;

  constructor(trial: TrialMarks) {
    this.#trial = trial;
  }

  /** Spans come in the order in which they ended: an SDK has one queue, and one request under way. */
  add(span: Span): SpanOwner {
    const owner = ownerOf(span, this.#trial);
    if (owner.kind === 'background') this.backgroundCount++;
    if (owner.kind === 'operation') this.#addTo(owner.index, span);
    return owner;
  }

  #addTo(index: number, span: Span): void {
    this.#spans.increment(index);
    const area = areaOf(span);
    if (area === 'http' && span.kind === 'client') this.#httpSpans.increment(index);
    if (area !== null && area !== 'http' && isClientCall(span)) this.#callSpans.increment(index);
    if (!isCall(span)) return;
    this.#marks.set(index, (this.#marks.get(index) & ~ofLastOnly) | marksOf(span));
    this.#extents.add(index, span.startMs, span.endMs);
  }

  /** One byte an operation, up to the last one that has a span; 255 is 255 or more. */
  spansToBase64(): string {
    return this.#spans.toBase64();
  }

  toOperations(): OperationTelemetry {
    return {
      httpSpans: this.#httpSpans.toBase64(),
      callSpans: this.#callSpans.toBase64(),
      marks: this.#marks.toBase64(),
      durations: this.#extents.toBase64(durationCode),
    };
  }
}
