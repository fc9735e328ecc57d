// Bytes by operation, reported in the ranges that changed.
import {ownMemory} from './own-memory.ts';

/**
 * They are kept in pages: an old operation that finally settles is reported with its neighbours, and not with all
 * that came since; and nothing is ever copied to make room.
 */
export const pageSize = 8192;

export type Page = {
  readonly number: number;
  /** An array for each byte of an operation. */
  readonly bytes: readonly Uint8Array[];
  /** What has changed since the last report: from `dirtyFrom` up to `dirtyTo`, nothing where that is 0. */
  dirtyFrom: number;
  dirtyTo: number;
};

export type ChangedRange = {readonly fromIndex: number; readonly bytes: readonly string[]};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export class BytePages {
  readonly #bytesPerOperation: number;
  readonly #pages: (Page | undefined)[] = [];
  #dirty: Page[] = [];

  constructor(bytesPerOperation: number) {
    this.#bytesPerOperation = bytesPerOperation;
  }

  /** The index of an operation's first byte. */
  get(index: number): number {
    const number = Math.floor(index / pageSize);
    return this.#pages[number]?.bytes[0]?.[index - number * pageSize] ?? 0;
  }

  set(index: number, first: number, second = 0, third = 0): void {
    const number = Math.floor(index / pageSize);
    const page = this.#pages[number] ?? this.#addPage(number);
    const at = index - number * pageSize;
    page.bytes[0]![at] = first;
    if (this.#bytesPerOperation > 1) page.bytes[1]![at] = second;
    if (this.#bytesPerOperation > 2) page.bytes[2]![at] = third;
    if (page.dirtyTo === 0) {
      page.dirtyFrom = at;
      this.#dirty.push(page);
    } else if (at < page.dirtyFrom) {
      page.dirtyFrom = at;
    }
    if (at >= page.dirtyTo) page.dirtyTo = at + 1;
  }

  /** What has changed since the last call, base64. */
  collect(): ChangedRange[] {
    const changed = this.#dirty.map(page => {
      const bytes = page.bytes.map(array => base64(array.subarray(page.dirtyFrom, page.dirtyTo)));
      const fromIndex = page.number * pageSize + page.dirtyFrom;
      page.dirtyTo = 0;
      return {fromIndex, bytes};
    });
    this.#dirty = [];
    return changed;
  }

  /** Forgets a page that will not change any more. It must have been reported. */
  release(number: number): void {
    if (!this.#pages[number]) return;
    this.#pages[number] = undefined;
    ownMemory.release(this.#bytesPerOperation * pageSize);
  }

  #addPage(number: number): Page {
    const bytes = Array.from({length: this.#bytesPerOperation}, () => new Uint8Array(pageSize));
    const page = {number, bytes, dirtyFrom: 0, dirtyTo: 0};
    this.#pages[number] = page;
    ownMemory.take(this.#bytesPerOperation * pageSize);
    return page;
  }
}
