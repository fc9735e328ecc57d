// Reads the client's requests one after the other, and hands each to the fault that takes it, or to the upstream. What the
// client sends ahead is held until the request before it is answered.

import {Alarm} from '../alarm.ts';
import type {HttpExchange} from './exchange.ts';
import {canBeRequest, parseRequestHead, type RequestHead} from './head.ts';
import {largestHeadBytes} from './head-reader.ts';
import {longestPauseMs} from './interceptor-host.ts';
import {MessageReader, type Part} from './message-reader.ts';

export type RequestHost = {
  readonly toUpstream: (data: Buffer) => void;
  /** The one under way. */
  readonly exchange: () => HttpExchange | null;
  /** What the upstream gets for a head. */
  readonly outgoing: (head: RequestHead) => Buffer;
  /** Begins the exchange of that request. */
  readonly begin: (head: RequestHead) => void;
  /** Whether a fault has ended the connection, or everything passes. */
  readonly isStopped: () => boolean;
  /** From here on everything passes untouched, beginning with what is held. */
  readonly notHttp: (reason: NotFollowed) => void;
};

/** Why requests are not followed any more. */
export type NotFollowed =
  | 'something that is not HTTP'
  | 'HTTP/1 with headers of more than 64 KiB'
  | 'HTTP/1 that began but did not continue';

export class RequestSide {
  readonly #host: RequestHost;
  readonly #reader = new MessageReader<RequestHead>({
    canBegin: canBeRequest,
    parse: parseRequestHead,
    takesFiller: true,
  });
  #held: Buffer[] = [];
  #isReading = false;
  /** Rings when a head does not go on. The upstream may be waiting for it, too: to refuse it, for one. */
  readonly #pause = new Alarm(() => this.#host.notHttp('HTTP/1 that began but did not continue'));

  constructor(host: RequestHost) {
    this.#host = host;
  }

  /** Whether something waits for the request before it. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** Whether no part of the next request has come yet. */
  get isBetween(): boolean {
    return this.#reader.isBetween && !this.isHolding;
  }

  /** Answering a request lets the next one be read, which the loop that is running does. */
  get isReading(): boolean {
    return this.#isReading;
  }

  hold(data: Buffer): void {
    this.#held.push(data);
  }

  /** What is held, as far as the end of a request that has no answer yet. */
  read(): void {
    this.#isReading = true;
    while (!this.#host.isStopped() && this.#host.exchange()?.isRequestRead !== true) {
      const data = this.#held.shift();
      if (data === undefined) break;
      const part = this.#reader.next(data, 0);
      if (part.end < data.length) this.#held.unshift(data.subarray(part.end));
      this.#take(part);
    }
    this.#isReading = false;
    if (this.#reader.isInHead && !this.#host.isStopped()) {
      this.#pause.set(performance.now() + longestPauseMs);
    } else this.#pause.clear();
  }

  /** Gives the upstream what is held, the beginning of a head included. */
  send(): void {
    this.#pause.clear();
    for (const data of [this.#reader.takeHeld(), ...this.#held]) {
      if (data.length > 0) this.#host.toUpstream(data);
    }
    this.#held = [];
  }

  drop(): void {
    this.#pause.clear();
    this.#held = [];
  }

  #take(part: Part<RequestHead>): void {
    const {toUpstream, begin, isStopped, notHttp} = this.#host;
    if (part.kind === 'more') return;
    if (part.kind === 'filler') {
      toUpstream(part.data);
      return;
    }
    if (part.kind === 'wrong') {
      this.#held.unshift(part.held);
      const isTooLong = part.held.length > largestHeadBytes;
      notHttp(isTooLong ? 'HTTP/1 with headers of more than 64 KiB' : 'something that is not HTTP');
      return;
    }
    if (part.kind === 'head') begin(part.head);
    const exchange = this.#host.exchange();
    if (exchange === null) return;
    if (part.kind === 'head') this.#reader.tellsFraming = exchange.isAnsweredHere;
    const {request} = exchange.handling;
    if (request === undefined)
      toUpstream(part.kind === 'head' ? this.#host.outgoing(part.head) : part.piece.data);
    else if (part.kind === 'head') request.head(part.head);
    else request.body(part.piece);
    if (!this.#reader.isBetween || isStopped()) return;
    exchange.isRequestRead = true;
    request?.end();
    exchange.requestRead();
  }
}
