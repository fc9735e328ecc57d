// Reads one message after the other from the chunks of one direction of a connection. As soon as enough is known of a
// message it is told by its beginning; what follows of it streams, and is not kept.

/** The next part of a chunk. `end` is where in the chunk it ends. */
export type Part<Message> =
  /** The chunk was taken, and the message is not known yet. */
  | {readonly kind: 'more'; readonly end: number}
  /** `raw`: all that was held of it, this part of the chunk included. */
  | {
      readonly kind: 'begin';
      readonly message: Message;
      readonly raw: Buffer;
      readonly isLast: boolean;
      readonly end: number;
    }
  | {readonly kind: 'rest'; readonly isLast: boolean; readonly end: number}
  /** Not what it should be. `held`: what was held, this part of the chunk included. */
  | {readonly kind: 'wrong'; readonly held: Buffer; readonly reason: string; readonly end: number};

export type Reader<Message> = {
  /** Reads on in a chunk, from `start`, which must be within it. */
  readonly next: (data: Buffer, start: number) => Part<Message>;
  /** What is held of a message that is not known yet; it is held no longer. */
  readonly takeHeld: () => Buffer;
};

/** A message whose beginning has been seen. */
export type Frame<Message> = {
  readonly message: Message;
  /** Of the whole message; at least as many as were needed to know it. */
  readonly bytes: number;
};

/**
 * What a beginning of bytes is: a message; a number of bytes that are needed to know it, more than there are; 'more' where
 * that number is not known; or why it is none.
 */
export type Measured<Message> =
  | Frame<Message>
  | {readonly needs: number}
  | 'more'
  | {readonly wrong: string};

/** No message needs more to be known. */
export const longestBeginning = 64 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/** Reads messages whose length is known from their beginning: by a length in front, or by a line's end. */
export class FrameReader<Message> implements Reader<Message> {
  readonly #measure: (beginning: Buffer) => Measured<Message>;
  #held = nothing;
  /** More than are held are needed. */
  #needs = 0;
  /** Of the message that streams. */
  #leftBytes = 0;

  constructor(measure: (beginning: Buffer) => Measured<Message>) {
    this.#measure = measure;
  }

  readonly next = (data: Buffer, start: number): Part<Message> => {
    if (this.#leftBytes > 0) {
      const end = Math.min(data.length, start + this.#leftBytes);
      this.#leftBytes -= end - start;
      return {kind: 'rest', isLast: this.#leftBytes === 0, end};
    }
    const heldBytes = this.#held.length;
    const beginning = heldBytes === 0 ? data.subarray(start) : Buffer.concat([this.#held, data.subarray(start)]);
    const measured =
      beginning.length < this.#needs ? {needs: this.#needs} : this.#measure(beginning.subarray(0, longestBeginning));
    if (measured !== 'more' && 'message' in measured) return this.#begin(measured, beginning, start - heldBytes);
    const isTooLong = beginning.length >= longestBeginning;
    if (measured !== 'more' && 'wrong' in measured) return this.#wrong(measured.wrong, beginning, data.length);
    if (isTooLong) return this.#wrong('a message has no end', beginning, data.length);
    this.#held = heldBytes === 0 ? Buffer.from(beginning) : beginning;
    this.#needs = measured === 'more' ? 0 : measured.needs;
    return {kind: 'more', end: data.length};
  };

  readonly takeHeld = (): Buffer => {
    const held = this.#held;
    this.#held = nothing;
    this.#needs = 0;
    return held;
  };

  /** @param offset where in the chunk the beginning begins; before it, where some of it was held */
  #begin({message, bytes}: Frame<Message>, beginning: Buffer, offset: number): Part<Message> {
    this.takeHeld();
    const raw = beginning.subarray(0, bytes);
    this.#leftBytes = bytes - raw.length;
    return {kind: 'begin', message, raw, isLast: this.#leftBytes === 0, end: offset + raw.length};
  }

  #wrong(reason: string, held: Buffer, end: number): Part<Message> {
    this.takeHeld();
    return {kind: 'wrong', held, reason, end};
  }
}

/** The end of the line that begins there, its line end included; −1 while that has not come. */
export const lineEnd = (data: Buffer, start = 0): number => {
  const at = data.indexOf(0x0a, start);
  return at < 0 ? -1 : at + 1;
};
