// The timeline: operations by the slice of time in which they were meant to start.
import type {Histogram} from 'hdr-histogram-js';
import type {Bin} from '../model/driver-witness.ts';
import type {OutcomeCode} from '../model/outcome.ts';
import {emptyCounts, latencyHistogram, quantileMs, recordMs, toOutcomeCounts} from './histogram.ts';

export const binMs = 500;

type OpenBin = {
  readonly index: number;
  readonly phase: number;
  readonly counts: number[];
  /** Made with the first operation that settles. */
  histogram: Histogram | null;
  started: number;
  dropped: number;
  answered: number;
  pending: number;
  dirty: boolean;
};

export class Bins {
  readonly #open = new Map<number, OpenBin>();
  readonly #spare: Histogram[] = [];
  /** The last one that was looked up: usually the next one, too. */
  #last: OpenBin | null = null;

  start(intendedMs: number, phase: number): void {
    const bin = this.#at(intendedMs, phase);
    bin.started++;
    bin.pending++;
    bin.dirty = true;
  }

  drop(intendedMs: number, phase: number): void {
    const bin = this.#at(intendedMs, phase);
    bin.dropped++;
    bin.dirty = true;
  }

  /** A success comes now, in this phase; its operation may be of an earlier slice. */
  answer(nowMs: number, phase: number): void {
    const bin = this.#at(nowMs, phase);
    bin.answered++;
    bin.dirty = true;
  }

  /** Counts an outcome; `responseMs` is null for an operation that hangs. */
  settle(intendedMs: number, code: OutcomeCode, responseMs: number | null): void {
    const bin = this.#find(Math.floor(intendedMs / binMs));
    if (!bin) return;
    bin.counts[code]!++;
    bin.pending--;
    if (responseMs !== null) {
      bin.histogram ??= this.#spare.pop() ?? latencyHistogram(2);
      recordMs(bin.histogram, responseMs);
    }
    bin.dirty = true;
  }

  /** The bins that have changed and ended by `nowMs`; those with nothing pending are reported for the last time. */
  collect(nowMs: number): Bin[] {
    const changed: Bin[] = [];
    for (const bin of this.#open.values()) {
      const over = (bin.index + 1) * binMs <= nowMs;
      if (!over) continue;
      if (bin.dirty) changed.push(toBin(bin));
      bin.dirty = false;
      if (bin.pending === 0) this.#close(bin);
    }
    return changed;
  }

  #at(intendedMs: number, phase: number): OpenBin {
    const index = Math.floor(intendedMs / binMs);
    let bin = this.#find(index);
    if (!bin) {
      bin = {
        index,
        phase,
        counts: emptyCounts(),
        histogram: null,
        started: 0,
        dropped: 0,
        answered: 0,
        pending: 0,
        dirty: true,
      };
      this.#open.set(index, bin);
    }
    return bin;
  }

  #find(index: number): OpenBin | undefined {
    if (this.#last?.index === index) return this.#last;
    const bin = this.#open.get(index);
    if (bin) this.#last = bin;
    return bin;
  }

  #close(bin: OpenBin): void {
    this.#open.delete(bin.index);
    if (this.#last === bin) this.#last = null;
    if (!bin.histogram) return;
    bin.histogram.reset();
    this.#spare.push(bin.histogram);
  }
}

const toBin = (bin: OpenBin): Bin => ({
  index: bin.index,
  startMs: bin.index * binMs,
  durationMs: binMs,
  phase: bin.phase,
  started: bin.started,
  dropped: bin.dropped,
  answered: bin.answered,
  outcomes: toOutcomeCounts(bin.counts),
  p50Ms: quantileMs(bin.histogram, 50),
  p99Ms: quantileMs(bin.histogram, 99),
  maxMs: quantileMs(bin.histogram, 100),
});
