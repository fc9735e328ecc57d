// Samples of a trial, however long it takes: when there are too many, neighbours become one.
import type {TrialEvent} from '../../../model/event.ts';

export type Merge<Sample> = (earlier: Sample, later: Sample, earlierShare: number) => Sample;

/** They lie before an edge that may not have been reported yet. */
const newestLeftAlone = 100;

export class ThinnedSamples<Sample extends {readonly atMs: number}> {
  readonly #merge: Merge<Sample>;
  readonly #most: number;
  #samples: Sample[] = [];
  #thinAbove: number;
  /** Where a phase ends or begins, ascending. */
  readonly #bounds: number[] = [];

  /**
   * @param merge makes one sample of two that follow each other: at the later one's time, and with the maximum of
   * what is used as a maximum; `earlierShare` is the earlier one's part of the time that both are of
   * @param most above so many, each two neighbours become one
   */
  constructor(merge: Merge<Sample>, most = 10_000) {
    this.#merge = merge;
    this.#most = most;
    this.#thinAbove = most;
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > this.#thinAbove) this.#thin();
  }

  /** Samples on different sides of it are never merged, and the nearest on either side stays as it is. */
  bound(atMs: number): void {
    this.#bounds.push(atMs);
  }

  /** In order of their time. */
  all(): readonly Sample[] {
    return this.#samples;
  }

  #thin(): void {
    const old = this.#samples;
    const upTo = old.length - newestLeftAlone;
    const segments = this.#segments(upTo + 1);
    const isInner = (index: number): boolean =>
      index > 0 && segments[index - 1] === segments[index] && segments[index] === segments[index + 1];
    const kept: Sample[] = [];
    let beforeMs = 0;
    for (let index = 0; index < upTo; index++) {
      const sample = old[index]!;
      const next = old[index + 1]!;
      const merges = index + 1 < upTo && isInner(index) && isInner(index + 1);
      if (merges) index++;
      const made = merges ? this.#merge(sample, next, share(beforeMs, sample.atMs, next.atMs)) : sample;
      kept.push(made);
      beforeMs = made.atMs;
    }
    kept.push(...old.slice(upTo));
    this.#samples = kept;
    // Where there are so many phases that little can be merged, it is not tried again for every sample.
    this.#thinAbove = Math.max(this.#most, 2 * kept.length);
  }

  /** The number of bounds before each of the first `count` samples. */
  #segments(count: number): number[] {
    let segment = 0;
    return this.#samples.slice(0, count).map(({atMs}) => {
      while (segment < this.#bounds.length && this.#bounds[segment]! < atMs) segment++;
      return segment;
    });
  }
}

const share = (beforeMs: number, earlierMs: number, laterMs: number): number =>
  laterMs > beforeMs ? (earlierMs - beforeMs) / (laterMs - beforeMs) : 0;

/** Where a phase ends or begins, by the event that says so. */
export const boundsOf = (event: TrialEvent): readonly number[] => {
  if (event.kind === 'edge') return [event.edge.beforeMs, event.edge.afterMs];
  return event.kind === 'load-ended' ? [event.atMs] : [];
};
