// How often operations happened, where some of them consist of several messages.
import type {MessageId} from './message-id.ts';

const most = 255;

/**
 * An operation happened when all of its messages did, and as often as the one that happened most often. Only for
 * incomplete batches, and for those with a repeated message, is more kept than the caller's own count.
 */
export class MessageCounts {
  readonly #batches = new Map<number, number[]>();

  /**
   * @param current how often the operation had happened before this message, as returned by the previous call
   * @returns how often it has happened with it; 255 stands for 255 or more
   */
  with({index, number, count}: MessageId, current: number): number {
    if (count === 1) return Math.min(most, current + 1);
    const seen = this.#batches.get(index) ?? Array<number>(count).fill(Math.min(current, 1));
    seen[number - 1] = (seen[number - 1] ?? 0) + 1;
    const happened = seen.includes(0) ? 0 : Math.min(most, Math.max(...seen));
    if (happened === 1) this.#batches.delete(index);
    else this.#batches.set(index, seen);
    return happened;
  }
}
