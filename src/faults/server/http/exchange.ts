// One request and its response on a connection, and the fault that took it, if any.

import type {Ending, Exchange, Handling, Http1Connection} from './behaviour.ts';
import {
  type ErrorAnswer,
  errorHead,
  type HeadChange,
  type RequestHead,
  type ResponseHead,
  rewriteHead,
  unchanged,
} from './head.ts';
import type {Taken} from './rules.ts';

export type ExchangeHost = {
  readonly toClient: (data: Buffer, bytesPerSecond: number) => void;
  /** Calls back when everything before has been sent to the client. */
  readonly whenSent: (then: () => void) => void;
  readonly acted: (exchange: HttpExchange, action: string, bodyBytes: number | null) => void;
  readonly leave: (exchange: HttpExchange, ending: Ending) => void;
  /** Request and response are both complete. */
  readonly settled: (exchange: HttpExchange) => void;
};

const hundredContinue = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

export class HttpExchange implements Exchange, Http1Connection {
  readonly http1 = this;
  readonly http2 = null;
  readonly request: RequestHead;
  /** 1 for the first request that was seen on the connection. */
  readonly number: number;
  readonly taken: Taken | null;
  isRequestRead = false;
  /** Whether the upstream's response has been read to its end. */
  isResponseRead = false;
  readonly #host: ExchangeHost;
  #handling: Handling = {};
  #isAnswered = false;
  #isReleased = false;
  #isSettled = false;
  #hasActed = false;
  /** Whether the response that is being sent has a chunked body. */
  #isChunked = false;
  #afterRequest: (() => void)[] = [];

  constructor(host: ExchangeHost, request: RequestHead, number: number, taken: Taken | null) {
    this.#host = host;
    this.request = request;
    this.number = number;
    this.taken = taken;
  }

  /** Lets the fault that took it begin. */
  begin(): void {
    const {taken} = this;
    if (taken !== null) this.#handling = taken.http.handle(this, taken.toxic.attributes);
  }

  get handling(): Handling {
    return this.#handling;
  }

  /** Whether the upstream gets nothing of the request. */
  get isAnsweredHere(): boolean {
    return this.#handling.request !== undefined;
  }

  /** The toxic was removed: what has not begun yet passes, and nothing is slowed any more. */
  release(): void {
    this.#isReleased = true;
  }

  /** Called when the response begins: a fault that was removed by then does not touch it. */
  responseBegins(): void {
    if (this.#isReleased && !this.isAnsweredHere) this.#handling = {};
  }

  /** The request has been read to its end, or will not be because its upstream has gone. */
  requestRead(): void {
    this.isRequestRead = true;
    for (const then of this.#afterRequest.splice(0)) then();
    this.#settle();
  }

  sendHead(head: ResponseHead, change = unchanged): void {
    const {dropped, added} = change;
    this.#isChunked = head.framing.kind === 'chunked';
    const isSame = dropped.length === 0 && added.length === 0;
    this.#toClient(isSame ? head.raw : rewriteHead(head, dropped, added));
  }

  sendBody(data: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY): void {
    this.#toClient(data, bytesPerSecond);
  }

  sendContent(data: Buffer): void {
    this.#toClient(this.#isChunked ? chunkOf(data) : data);
  }

  endContent(): void {
    if (this.#isChunked) this.#toClient(Buffer.from('0\r\n\r\n'));
  }

  answer(answer: ErrorAnswer): void {
    const head = errorHead(answer);
    this.#toClient(this.request.method === 'HEAD' ? head : Buffer.concat([head, answer.body]));
    if (answer.isLast) this.leave('close');
    else this.answered();
  }

  goOn(): void {
    this.#toClient(hundredContinue);
  }

  retire(isAnnounced: boolean): HeadChange {
    if (!isAnnounced) return unchanged;
    return {dropped: ['connection', 'keep-alive'], added: [['Connection', 'close']]};
  }

  endConnection(): void {
    this.leave('close');
  }

  #toClient(data: Buffer, bytesPerSecond = Number.POSITIVE_INFINITY): void {
    this.#host.toClient(data, this.#isReleased ? Number.POSITIVE_INFINITY : bytesPerSecond);
  }

  acted(action: string, bodyBytes?: number): void {
    if (this.#hasActed) return;
    this.#hasActed = true;
    this.#host.acted(this, action, bodyBytes ?? null);
  }

  onRequestRead(then: () => void): void {
    if (this.isRequestRead) then();
    else this.#afterRequest.push(then);
  }

  leave(ending: Ending): void {
    this.#host.leave(this, ending);
  }

  sendEndlessly(data: Buffer, bytesPerSecond: number): void {
    this.leave('hang');
    const sendNext = (): void => {
      if (this.#isReleased) return;
      this.#toClient(data, bytesPerSecond);
      this.#host.whenSent(sendNext);
    };
    sendNext();
  }

  answered(): void {
    this.#host.whenSent(() => {
      this.#isAnswered = true;
      this.#settle();
    });
  }

  /** Its response has passed: a fault that took it and found nothing to act on counts no hit. */
  over(): void {
    if (this.#hasActed) return;
    this.#hasActed = true;
    this.taken?.release();
  }

  #settle(): void {
    if (!this.isRequestRead || !this.#isAnswered || this.#isSettled) return;
    this.#isSettled = true;
    this.over();
    this.#host.settled(this);
  }
}

const chunkOf = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
