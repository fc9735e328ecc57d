// Parses the body of a message: which bytes are its content and which only frame it, and where it ends.

import type {Framing} from './head.ts';

/** A stretch of a chunk, up to `end`, that is content or framing throughout; or bytes that break the framing. */
export type BodySpan = {readonly kind: 'content' | 'framing' | 'wrong'; readonly end: number};

/** A size line with its extensions, or a trailer field, may have at most so many bytes. */
const longestLineBytes = 16 * 1024;
const sizeLine = /^([0-9a-fA-F]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const trailerLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/** Where it is in a chunked body: before a size, in a chunk, in the line end after one, among the trailers. */
type Place = 'size' | 'chunk' | 'chunk-end' | 'trailers';

export class BodyReader {
  /** Bytes of content in the piece being read: the whole body, or the current chunk. 0 while that is not known. */
  pieceBytes: number;
  isDone: boolean;
  readonly #framing: Framing;
  #place: Place = 'size';
  #leftBytes: number;
  #line = '';

  constructor(framing: Framing) {
    this.#framing = framing;
    this.#leftBytes = framing.kind === 'length' ? framing.bytes : 0;
    this.pieceBytes = this.#leftBytes;
    this.isDone = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
  }

  /** The next stretch of the body, from `start` on, which must be within the chunk. */
  next(data: Buffer, start: number): BodySpan {
    if (this.#framing.kind === 'until-close') {
      this.pieceBytes = data.length - start;
      return {kind: 'content', end: data.length};
    }
    if (this.#framing.kind === 'length') {
      const end = this.#takeContent(data, start);
      this.isDone = this.#leftBytes === 0;
      return {kind: 'content', end};
    }
    if (this.#place === 'chunk') {
      const end = this.#takeContent(data, start);
      if (this.#leftBytes === 0) this.#place = 'chunk-end';
      return {kind: 'content', end};
    }
    return this.#takeLine(data, start);
  }

  #takeContent(data: Buffer, start: number): number {
    const end = Math.min(data.length, start + this.#leftBytes);
    this.#leftBytes -= end - start;
    return end;
  }

  #takeLine(data: Buffer, start: number): BodySpan {
    const newline = data.indexOf(0x0a, start);
    const end = newline < 0 ? data.length : newline + 1;
    const isTooLong = this.#line.length + end - start > longestLineBytes;
    if (isTooLong) return {kind: 'wrong', end};
    this.#line += data.toString('latin1', start, end);
    if (newline < 0) return {kind: 'framing', end};
    const line = this.#line;
    this.#line = '';
    const isRight = line.endsWith('\r\n') && this.#understand(line.slice(0, -2));
    return {kind: isRight ? 'framing' : 'wrong', end};
  }

  /** Takes a whole framing line. False if it is malformed. */
  #understand(line: string): boolean {
    if (this.#place === 'chunk-end') {
      this.#place = 'size';
      return line === '';
    }
    if (this.#place === 'trailers') {
      this.isDone = line === '';
      return this.isDone || trailerLine.test(line);
    }
    const [, size] = sizeLine.exec(line) ?? [];
    if (size === undefined) return false;
    this.#leftBytes = Number.parseInt(size, 16);
    this.pieceBytes = this.#leftBytes;
    this.#place = this.#leftBytes === 0 ? 'trailers' : 'chunk';
    return true;
  }
}
