// Two bytes per operation, outcome and phase, told in the ranges that changed.
import type {SubjectEvent} from '../model/event.ts';
import type {OutcomeCode} from '../model/outcome.ts';

/**
 * They are kept in pages: an old operation that settles at last is told with its neighbours and not with all that came
 * since, and nothing is ever copied to make room.
 */
const pageSize = 8192;

type Page = {
  readonly number: number;
  readonly outcomes: Uint8Array;
  readonly phases: Uint8Array;
  /** What has changed since it was told: from `dirtyFrom` up to `dirtyTo`, nothing where that is 0. */
  dirtyFrom: number;
  dirtyTo: number;
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export class OperationBytes {
  readonly #pages: Page[] = [];
  #dirty: Page[] = [];

  set(index: number, outcome: OutcomeCode, phase: number): void {
    const number = Math.floor(index / pageSize);
    const page = this.#pages[number] ?? this.#addPage(number);
    const at = index - number * pageSize;
    page.outcomes[at] = outcome;
    page.phases[at] = phase;
    if (page.dirtyTo === 0) {
      page.dirtyFrom = at;
      this.#dirty.push(page);
    } else if (at < page.dirtyFrom) {
      page.dirtyFrom = at;
    }
    if (at >= page.dirtyTo) page.dirtyTo = at + 1;
  }

  collect(): SubjectEvent[] {
    const told = this.#dirty.map((page): SubjectEvent => {
      const event: SubjectEvent = {
        kind: 'operations',
        fromIndex: page.number * pageSize + page.dirtyFrom,
        outcomes: base64(page.outcomes.subarray(page.dirtyFrom, page.dirtyTo)),
        phases: base64(page.phases.subarray(page.dirtyFrom, page.dirtyTo)),
      };
      page.dirtyTo = 0;
      return event;
    });
    this.#dirty = [];
    return told;
  }

  /** Operations are numbered without a gap, and so are their pages. */
  #addPage(number: number): Page {
    const page = {
      number,
      outcomes: new Uint8Array(pageSize),
      phases: new Uint8Array(pageSize),
      dirtyFrom: 0,
      dirtyTo: 0,
    };
    this.#pages[number] = page;
    return page;
  }
}
