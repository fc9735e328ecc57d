// Deliveries to the application's consumer, a byte per operation. They are reported whenever they come, for settled
// operations, too.
import type {SubjectEvent} from '../model/event.ts';
import {MessageCounts} from '../model/message-counts.ts';
import {readMessageId} from '../model/message-id.ts';
import {binMs} from './bins.ts';
import {BytePages} from './byte-pages.ts';

export class Deliveries {
  readonly #trialId: string;
  readonly #pages = new BytePages(1);
  readonly #counts = new MessageCounts();
  readonly #now: () => number;
  /** What came since the last report, by slice of time. */
  readonly #byBin = new Map<number, number>();

  constructor(trialId: string, now: () => number) {
    this.#trialId = trialId;
    this.#now = now;
  }

  /** Ids of other trials are left out: a queue may have messages of an earlier one. */
  add(id: string): void {
    const message = readMessageId(this.#trialId, id);
    if (message === null) return;
    const bin = Math.floor(this.#now() / binMs);
    this.#byBin.set(bin, (this.#byBin.get(bin) ?? 0) + 1);
    const before = this.#pages.get(message.index);
    const count = this.#counts.with(message, before);
    if (count !== before) this.#pages.set(message.index, count);
  }

  collect(): SubjectEvent[] {
    const pages = this.#pages.collect();
    if (this.#byBin.size === 0) return [];
    const bins = [...this.#byBin];
    this.#byBin.clear();
    return [
      ...pages.map(
        ({fromIndex, bytes: [counts = '']}): SubjectEvent => ({kind: 'deliveries', fromIndex, counts}),
      ),
      {kind: 'delivered', binMs, bins},
    ];
  }
}
