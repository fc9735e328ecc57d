// One request of HTTP/2 and its response, on their stream, and the fault that took it.

import type {Ending, Exchange, Handling, Http2Stream} from '../http/behaviour.ts';
import {
  type ErrorAnswer,
  errorFields,
  type HeadChange,
  type HeaderField,
  type RequestHead,
  type ResponseHead,
  unchanged,
} from '../http/head.ts';
import {Outbox} from '../http/outbox.ts';
import {mayStayOpen} from '../http/request-facts.ts';
import type {Taken} from '../http/rules.ts';
import {errorCodes} from './frames.ts';

/** A reset makes a client forget what it has not read yet: it comes so much later than what it must not overtake. */
const resetDelayMs = 20;

export type Http2ExchangeHost = {
  readonly sendFields: (fields: readonly HeaderField[], isLast: boolean) => void;
  readonly sendData: (data: Buffer, isLast: boolean) => void;
  /** How much content the client takes on the connection. */
  readonly roomBytes: () => number;
  /** Resets the stream on both sides. */
  readonly reset: (code: number) => void;
  readonly goAway: Http2Stream['goAway'];
  /** Ends the connection: at once, or once the streams that it serves are over. */
  readonly endConnection: (isAtOnce: boolean) => void;
  readonly acted: (action: string, bodyBytes: number | null) => void;
  /** The response has been sent to its end. */
  readonly answered: () => void;
  /** Runs what may throw, and sends what comes of it. */
  readonly contain: (act: () => void) => void;
};

/** Fields that belong to a connection of HTTP/1 (RFC 9113, 8.2.2). */
const connectionFields: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export class Http2Exchange implements Exchange, Http2Stream {
  readonly request: RequestHead;
  /** 1 for the first request that was seen on the connection. */
  readonly number: number;
  readonly stream: number;
  readonly taken: Taken;
  readonly http1 = null;
  readonly http2 = this;
  isRequestRead = false;
  /** Whether its head has come. */
  hasResponse = false;
  /** Whether the fault is done with the stream: what still comes is dropped. */
  hasLeft = false;
  isHanging = false;
  /** What the client takes on the stream. */
  windowBytes: number;
  /** Content that the fault let pass, or sent itself. */
  passedBytes = 0;
  readonly #host: Http2ExchangeHost;
  readonly #outbox: Outbox;
  #handling: Handling = {};
  #isReleased = false;
  #hasActed = false;
  #isLastUnannounced = false;
  /** Whether the client was sent something that a reset must not overtake. */
  #hasSent = false;
  #trailers: readonly HeaderField[] = [];
  #resetting: NodeJS.Timeout | undefined;
  #afterRequest: (() => void)[] = [];

  constructor(
    host: Http2ExchangeHost,
    request: RequestHead,
    place: {readonly stream: number; readonly number: number; readonly windowBytes: number},
    taken: Taken,
  ) {
    this.#host = host;
    this.request = request;
    this.stream = place.stream;
    this.number = place.number;
    this.windowBytes = place.windowBytes;
    this.taken = taken;
    this.#outbox = new Outbox({
      send: data => this.#host.sendData(data, false),
      end: () => undefined,
      drained: () => undefined,
      roomBytes: () => Math.min(this.windowBytes, this.#host.roomBytes()),
      contain: act => this.#host.contain(act),
    });
  }

  /** Lets the fault that took it begin. */
  begin(): void {
    this.#handling = this.taken.http.handle(this, this.taken.toxic.attributes);
  }

  get handling(): Handling {
    return this.#handling;
  }

  get isAnsweredHere(): boolean {
    return this.#handling.request !== undefined;
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  get isWaiting(): boolean {
    return this.#outbox.isFull || this.#resetting !== undefined;
  }

  /** The client takes more. */
  pump(): void {
    this.#outbox.pump();
  }

  /** The toxic was removed: what has not begun yet passes, what hangs is ended, and nothing is slowed any more. */
  release(): void {
    this.#isReleased = true;
    this.#outbox.flushNow();
    if (this.isHanging) this.#host.reset(errorCodes.CANCEL);
  }

  /** Called when the response begins: a fault that was removed by then does not touch it. */
  responseBegins(): void {
    this.hasResponse = true;
    if (this.#isReleased && !this.isAnsweredHere) this.#handling = {};
  }

  /** The request has been read to its end, or will not be. */
  requestRead(): void {
    this.isRequestRead = true;
    for (const then of this.#afterRequest.splice(0)) then();
  }

  /** The response has been read to its end. */
  responseRead(trailers: readonly HeaderField[]): void {
    this.#trailers = trailers;
    this.#handling.response?.end(trailers);
  }

  /** The target gave the stream up: so does the client, once it has what came before. */
  targetReset(code: number): void {
    if (!this.hasLeft) this.#endStream(code, 0);
  }

  kill(): void {
    this.hasLeft = true;
    this.#outbox.kill();
    clearTimeout(this.#resetting);
    this.#resetting = undefined;
    if (!this.#hasActed) this.taken.release();
    this.#hasActed = true;
  }

  sendHead({status, fields}: ResponseHead, {dropped, added}: HeadChange = unchanged): void {
    const kept = fields.filter(([name]) => !dropped.includes(name));
    this.#sendFields([[':status', String(status)], ...kept, ...added], false);
  }

  sendBody(data: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY): void {
    this.#hasSent = true;
    this.passedBytes += data.length;
    this.#outbox.send(data, this.#isReleased ? Number.POSITIVE_INFINITY : bytesPerSecond);
  }

  sendContent(data: Buffer): void {
    this.sendBody(data);
  }

  endContent(): void {
    // The frame that ends a stream comes with `answered`.
  }

  answer(answer: ErrorAnswer): void {
    if (answer.isLast) this.retire(true);
    const hasBody = this.request.method !== 'HEAD' && answer.body.length > 0;
    this.#sendFields([[':status', String(answer.status)], ...errorFields(answer)], !hasBody);
    if (hasBody) {
      this.sendBody(answer.body);
      this.#outbox.whenSent(() => this.#host.sendData(Buffer.alloc(0), true));
    }
    this.#finish();
    if (answer.isLast) this.#outbox.whenSent(() => this.#host.endConnection(false));
  }

  goOn(): void {
    this.#sendFields([[':status', '100']], false);
  }

  retire(isAnnounced: boolean): HeadChange {
    this.#isLastUnannounced = !isAnnounced;
    if (isAnnounced) this.#host.goAway({code: errorCodes.NO_ERROR, text: '', isTaken: true});
    return unchanged;
  }

  endConnection(): void {
    const isAtOnce = this.#isLastUnannounced;
    this.answered();
    this.#outbox.whenSent(() => this.#host.endConnection(isAtOnce));
  }

  acted(action: string, bodyBytes?: number): void {
    if (this.#hasActed) return;
    this.#hasActed = true;
    this.#host.acted(action, bodyBytes ?? null);
  }

  /** A fault does not wait for what may never end. */
  onRequestRead(then: () => void): void {
    if (this.isRequestRead || mayStayOpen(this.request)) then();
    else this.#afterRequest.push(then);
  }

  leave(ending: Ending): void {
    if (this.hasLeft) return;
    if (ending !== 'hang') {
      this.reset(ending === 'close' ? errorCodes.CANCEL : errorCodes.INTERNAL_ERROR);
      return;
    }
    this.hasLeft = true;
    this.isHanging = true;
  }

  answered(): void {
    this.endWith(this.#trailers);
  }

  endWith(trailers: readonly HeaderField[]): void {
    this.#outbox.whenSent(() => {
      if (trailers.length > 0) this.#host.sendFields(trailers, true);
      else this.#host.sendData(Buffer.alloc(0), true);
    });
    this.#finish();
  }

  answerHead(fields: readonly HeaderField[]): void {
    this.#sendFields(fields, true);
    this.#finish();
  }

  reset(code: number): void {
    this.#endStream(code, resetDelayMs);
  }

  goAway(goAway: Parameters<Http2Stream['goAway']>[0]): void {
    this.#host.goAway(goAway);
  }

  #endStream(code: number, delayMs: number): void {
    this.hasLeft = true;
    this.#outbox.whenSent(() => {
      if (delayMs === 0 || !this.#hasSent) {
        this.#host.reset(code);
        return;
      }
      this.#resetting = setTimeout(() => {
        this.#resetting = undefined;
        this.#host.contain(() => this.#host.reset(code));
      }, delayMs);
    });
  }

  #sendFields(fields: readonly HeaderField[], isLast: boolean): void {
    this.#hasSent = true;
    const lower = fields
      .map((field): HeaderField => (/[A-Z]/.test(field[0]) ? [field[0].toLowerCase(), field[1]] : field))
      .filter(([name]) => !connectionFields.has(name));
    this.#outbox.whenSent(() => this.#host.sendFields(lower, isLast));
  }

  #finish(): void {
    this.#outbox.whenSent(() => this.#host.answered());
  }
}
