// What the driver counts in one phase.
import type {Histogram} from 'hdr-histogram-js';
import type {PhaseFigures} from '../model/event.ts';
import type {OutcomeCode} from '../model/outcome.ts';
import {emptyCounts, toOutcomeCounts} from './counts.ts';
import {encodeHistogram, latencyHistogram, recordMs} from './histogram.ts';

/** A start counts as late from here on: a quarter of the tick that a person would still call «at once». */
const lateAfterMs = 5;

const okCode: OutcomeCode = 1;

export class PhaseBook {
  readonly phase: number;
  offered = 0;
  started = 0;
  dropped = 0;
  late = 0;
  overrun = 0;
  settledAfterHung = 0;
  dirty = true;
  readonly counts = emptyCounts();
  readonly #startLag = latencyHistogram(3);
  #responseOk: Histogram | null = null;
  #responseNotOk: Histogram | null = null;
  #serviceOk: Histogram | null = null;
  #serviceNotOk: Histogram | null = null;

  constructor(phase: number) {
    this.phase = phase;
  }

  start(lagMs: number): void {
    this.started++;
    if (lagMs > lateAfterMs) this.late++;
    recordMs(this.#startLag, lagMs);
    this.dirty = true;
  }

  settle(code: OutcomeCode, responseMs: number, serviceMs: number, overrunAfterMs: number): void {
    this.counts[code]!++;
    if (responseMs > overrunAfterMs) this.overrun++;
    if (code === okCode) {
      this.#responseOk ??= latencyHistogram(3);
      this.#serviceOk ??= latencyHistogram(3);
      recordMs(this.#responseOk, responseMs);
      recordMs(this.#serviceOk, serviceMs);
    } else {
      this.#responseNotOk ??= latencyHistogram(3);
      this.#serviceNotOk ??= latencyHistogram(3);
      recordMs(this.#responseNotOk, responseMs);
      recordMs(this.#serviceNotOk, serviceMs);
    }
    this.dirty = true;
  }

  figures(): PhaseFigures {
    return {
      phase: this.phase,
      offered: this.offered,
      started: this.started,
      dropped: this.dropped,
      late: this.late,
      outcomes: toOutcomeCounts(this.counts),
      overrun: this.overrun,
      settledAfterHung: this.settledAfterHung,
      startLagUs: encodeHistogram(this.#startLag),
      responseOkUs: encodeHistogram(this.#responseOk),
      responseNotOkUs: encodeHistogram(this.#responseNotOk),
      serviceOkUs: encodeHistogram(this.#serviceOk),
      serviceNotOkUs: encodeHistogram(this.#serviceNotOk),
    };
  }
}
