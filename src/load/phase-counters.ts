// The driver's figures of one phase.
import type {Histogram} from 'hdr-histogram-js';
import type {PhaseFigures} from '../model/driver-witness.ts';
import {type OutcomeCode, outcomeCode} from '../model/outcome.ts';
import {emptyCounts, encodeHistogram, latencyHistogram, recordMs, toOutcomeCounts} from './histogram.ts';

/** A start counts as late from here on: the limit of the symptom catalogue for a harness whose results count. */
const lateAfterMs = 5;

const okCode = outcomeCode('ok');
const hungCode = outcomeCode('hung');

type AnswerFacts = {readonly intact?: boolean; readonly empty?: boolean; readonly key?: string};

/** A key is one of a few; ids are not keys. */
const mostKeys = 16;

export class PhaseCounters {
  readonly phase: number;
  /** Whether it has changed since the last report. */
  dirty = true;
  #offered = 0;
  #started = 0;
  #dropped = 0;
  #late = 0;
  #overrun = 0;
  #settledAfterHung = 0;
  #okWithin = 0;
  #inFlightMs = 0;
  #inFlightMax = 0;
  #hungMoved = 0;
  #echoed = 0;
  #intact = 0;
  #truncated = 0;
  readonly #byKey = new Map<string, Histogram>();
  #emptyTold = 0;
  #empty = 0;
  readonly #counts = emptyCounts();
  readonly #startLag = latencyHistogram(3);
  #responseOk: Histogram | null = null;
  #responseNotOk: Histogram | null = null;
  #serviceOk: Histogram | null = null;
  #serviceNotOk: Histogram | null = null;

  constructor(phase: number) {
    this.phase = phase;
  }

  offer(): void {
    this.#offered++;
  }

  start(lagMs: number): void {
    this.#started++;
    if (lagMs > lateAfterMs) this.#late++;
    recordMs(this.#startLag, lagMs);
    this.dirty = true;
  }

  drop(): void {
    this.#dropped++;
    this.dirty = true;
  }

  /** An operation in flight becomes one of another phase. How late it started stays here: that was this phase's. */
  reassign(to: PhaseCounters): void {
    this.#offered--;
    to.#offered++;
    this.#started--;
    to.#started++;
    this.dirty = true;
    to.dirty = true;
  }

  /** @param hasMoved whether it was under way before this phase began */
  hang(hasMoved: boolean): void {
    this.#counts[hungCode]!++;
    if (hasMoved) this.#hungMoved++;
    this.dirty = true;
  }

  /** It was counted as hung; that it settled after all, and when, is a figure of its own. */
  settleAfterHung(responseMs: number, serviceMs: number): void {
    this.#settledAfterHung++;
    this.#recordNotOk(responseMs, serviceMs);
    this.dirty = true;
  }

  /** A success came while this phase lasted, of whichever phase the operation is. */
  answerWithin(): void {
    this.#okWithin++;
    this.dirty = true;
  }

  /** Time of this phase has passed. */
  elapse(inFlight: number, durationMs: number): void {
    this.#inFlightMs += inFlight * durationMs;
    this.#inFlightMax = Math.max(this.#inFlightMax, inFlight);
    if (inFlight > 0) this.dirty = true;
  }

  /** The answer said which operation it was for. */
  echo(): void {
    this.#echoed++;
  }

  /** What a success said of itself. */
  noteAnswer({intact, empty, key}: AnswerFacts, responseMs: number): void {
    if (key !== undefined) this.#noteKey(key, responseMs);
    if (intact === true) this.#intact++;
    if (intact === false) this.#truncated++;
    if (empty !== undefined) this.#emptyTold++;
    if (empty === true) this.#empty++;
  }

  settle(code: OutcomeCode, responseMs: number, serviceMs: number, overrunAfterMs: number): void {
    this.#counts[code]!++;
    if (responseMs > overrunAfterMs) this.#overrun++;
    if (code === okCode) {
      this.#responseOk ??= latencyHistogram(3);
      this.#serviceOk ??= latencyHistogram(3);
      recordMs(this.#responseOk, responseMs);
      recordMs(this.#serviceOk, serviceMs);
    } else {
      this.#recordNotOk(responseMs, serviceMs);
    }
    this.dirty = true;
  }

  #recordNotOk(responseMs: number, serviceMs: number): void {
    this.#responseNotOk ??= latencyHistogram(3);
    this.#serviceNotOk ??= latencyHistogram(3);
    recordMs(this.#responseNotOk, responseMs);
    recordMs(this.#serviceNotOk, serviceMs);
  }

  #noteKey(key: string, responseMs: number): void {
    let histogram = this.#byKey.get(key);
    if (!histogram) {
      if (this.#byKey.size >= mostKeys) return;
      histogram = latencyHistogram(2);
      this.#byKey.set(key, histogram);
    }
    recordMs(histogram, responseMs);
  }

  #keys(): {readonly [key: string]: string} {
    return Object.fromEntries([...this.#byKey].map(([key, histogram]) => [key, encodeHistogram(histogram)]));
  }

  figures(): PhaseFigures {
    return {
      phase: this.phase,
      offered: this.#offered,
      started: this.#started,
      dropped: this.#dropped,
      late: this.#late,
      outcomes: toOutcomeCounts(this.#counts),
      overrun: this.#overrun,
      settledAfterHung: this.#settledAfterHung,
      okWithin: this.#okWithin,
      inFlightMs: this.#inFlightMs,
      inFlightMax: this.#inFlightMax,
      hungMoved: this.#hungMoved,
      echoed: this.#echoed,
      intact: this.#intact,
      truncated: this.#truncated,
      ...(this.#byKey.size === 0 ? {} : {responseByKeyUs: this.#keys()}),
      emptyTold: this.#emptyTold,
      empty: this.#empty,
      startLagUs: encodeHistogram(this.#startLag),
      responseOkUs: encodeHistogram(this.#responseOk),
      responseNotOkUs: encodeHistogram(this.#responseNotOk),
      serviceOkUs: encodeHistogram(this.#serviceOk),
      serviceNotOkUs: encodeHistogram(this.#serviceNotOk),
    };
  }
}
