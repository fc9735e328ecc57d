// What the application's consumer got, a byte per operation: told whenever it comes, settled operations included.
import type {SubjectEvent} from '../model/event.ts';
import {MessageCounts} from '../model/message-counts.ts';
import {readMessageId} from '../model/message-id.ts';
import {BytePages} from './byte-pages.ts';

export class Deliveries {
  readonly #trialId: string;
  readonly #pages = new BytePages(1);
  readonly #counts = new MessageCounts();

  constructor(trialId: string) {
    this.#trialId = trialId;
  }

  /** Ids that are not of this trial are left out: a queue may have messages of an earlier one. */
  add(id: string): void {
    const message = readMessageId(this.#trialId, id);
    if (message === null) return;
    const before = this.#pages.get(message.index);
    const count = this.#counts.with(message, before);
    if (count !== before) this.#pages.set(message.index, count);
  }

  collect(): SubjectEvent[] {
    return this.#pages
      .collect()
      .map(({fromIndex, bytes: [counts = '']}) => ({kind: 'deliveries', fromIndex, counts}));
  }
}
