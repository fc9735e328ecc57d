// How often operations happened, where some of them consist of several messages.
import type {MessageId} from './message-id.ts';

const most = 255;

/**
 * An operation happened when all of its messages did, and as often as the one that did most often. Only of batches that
 * are not whole, and of those with a message that came again, more is kept than the caller's own count.
 */
export class MessageCounts {
  readonly #batches = new Map<number, number[]>();

  /**
   * @param current how often the operation happened before this message, as it was told here
   * @returns how often it did with it; 255 stands for 255 or more
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
