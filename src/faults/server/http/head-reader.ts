// Collects the head of a message from chunks, however they are cut, and notices early if it is none.

/** A whole head takes no more than this; servers refuse far smaller ones. */
export const largestHeadBytes = 64 * 1024;

const headEnd = Buffer.from('\r\n\r\n');

/** What came of a chunk. `end` is where in it the head ends; `raw` are all bytes that were collected. */
export type HeadProgress =
  | {readonly kind: 'more'}
  | {readonly kind: 'whole'; readonly raw: Buffer; readonly end: number}
  | {readonly kind: 'wrong'};

export class HeadReader {
  readonly #canBegin: (text: string) => boolean;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param canBegin whether the first bytes can be the beginning of such a head */
  constructor(canBegin: (text: string) => boolean) {
    this.#canBegin = canBegin;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  read(data: Buffer, start: number): HeadProgress {
    const end = this.#findEnd(data, start);
    const taken = data.subarray(start, end < 0 ? data.length : end);
    this.#parts.push(taken);
    this.#bytes += taken.length;
    if (this.#bytes > largestHeadBytes) return {kind: 'wrong'};
    if (end >= 0) return {kind: 'whole', raw: this.take(), end};
    return this.#looksRight() ? {kind: 'more'} : {kind: 'wrong'};
  }

  /** Everything that was collected; the next read starts afresh. */
  take(): Buffer {
    const raw = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return raw;
  }

  /** Where the head ends in this chunk, or −1. The end may have begun in the chunks before. */
  #findEnd(data: Buffer, start: number): number {
    const before = this.#tail(headEnd.length - 1);
    const across = Buffer.concat([before, data.subarray(start, start + headEnd.length - 1)]).indexOf(headEnd);
    if (across >= 0) return start + across + headEnd.length - before.length;
    const within = data.indexOf(headEnd, start);
    return within < 0 ? -1 : within + headEnd.length;
  }

  #tail(bytes: number): Buffer {
    const tail: Buffer[] = [];
    let wanted = bytes;
    for (let index = this.#parts.length - 1; index >= 0 && wanted > 0; index--) {
      const part = this.#parts[index]!.subarray(-wanted);
      tail.unshift(part);
      wanted -= part.length;
    }
    return Buffer.concat(tail);
  }

  /** Only the first bytes are looked at; the head as a whole is judged once it is complete. */
  #looksRight(): boolean {
    const shownBytes = 128;
    const [first = Buffer.alloc(0)] = this.#parts;
    const isOnePart = this.#parts.length === 1 || first.length >= shownBytes;
    const shown = (isOnePart ? first : Buffer.concat(this.#parts.slice(0, shownBytes))).subarray(
      0,
      shownBytes,
    );
    return this.#canBegin(shown.toString('latin1'));
  }
}
