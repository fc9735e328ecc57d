// Passes telemetry on to the user's own backend. Never waits for it: what finds no room, or no answer, is dropped and
// counted.
import {setTimeout as delay} from 'node:timers/promises';
import type {RelayCounts, RelayTarget} from '../../model/receiver-protocol.ts';
import type {Encoding, Signal} from '../otlp-messages.ts';
import {contentTypes} from '../otlp-response.ts';

const waitingLimitBytes = 16 * 1024 * 1024;
const senderCount = 2;
const answerLimitMs = 5000;
const retryAfterMs = 500;
/** The statuses for which OTLP asks senders to try again. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

type Waiting = {readonly signal: Signal; readonly encoding: Encoding; readonly body: Buffer};

export class Relay {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #underWayCount = 0;
  #sentCount = 0;
  #droppedCount = 0;
  #lastError: string | null = null;
  #isEnded = false;

  constructor({endpoint, headers}: RelayTarget) {
    this.#base = endpoint.replace(/\/+$/, '');
    this.#headers = headers;
  }

  offer(request: Waiting): void {
    if (this.#isEnded || this.#waitingBytes + request.body.length > waitingLimitBytes) {
      this.#drop('it could not keep up with the telemetry');
      return;
    }
    this.#waiting.push(request);
    this.#waitingBytes += request.body.length;
    if (this.#underWayCount < senderCount) void this.#sendWaiting();
  }

  /** What has not been sent in time is dropped. */
  async end(limitMs: number): Promise<RelayCounts> {
    const deadlineMs = performance.now() + limitMs;
    while (this.#underWayCount > 0 && performance.now() < deadlineMs) await delay(10);
    this.#isEnded = true;
    const lateCount = this.#waiting.length + this.#underWayCount;
    this.#waiting.length = 0;
    if (lateCount > 0) this.#lastError ??= 'it did not respond in time';
    return {
      sentCount: this.#sentCount,
      droppedCount: this.#droppedCount + lateCount,
      lastError: this.#lastError,
    };
  }

  async #sendWaiting(): Promise<void> {
    this.#underWayCount += 1;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#waitingBytes -= next.body.length;
      await this.#send(next, true);
    }
    this.#underWayCount -= 1;
  }

  async #send(request: Waiting, mayRetry: boolean): Promise<void> {
    const {signal, encoding, body} = request;
    try {
      const response = await fetch(`${this.#base}/v1/${signal}`, {
        method: 'POST',
        headers: {...this.#headers, 'content-type': contentTypes[encoding]},
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(answerLimitMs),
      });
      await response.arrayBuffer();
      if (response.ok) this.#sentCount += 1;
      else if (mayRetry && retryable.has(response.status)) {
        await delay(retryAfterMs);
        await this.#send(request, false);
      } else this.#drop(`it responded with ${response.status}`);
    } catch (error) {
      this.#drop(reasonOf(error));
    }
  }

  #drop(reason: string): void {
    this.#droppedCount += 1;
    this.#lastError = reason;
  }
}

/** fetch hides the socket's error in its cause. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
