// Reads one message after the other from the chunks of one direction of a connection, without keeping any body.

import {BodyReader} from './body-reader.ts';
import type {Framing} from './head.ts';
import {HeadReader} from './head-reader.ts';

/** A stretch of a body. */
export type BodyPiece = {
  readonly kind: 'content' | 'framing';
  readonly data: Buffer;
  /** Bytes of content in the whole body, in this chunk of a chunked one, or in what came of one without a length. */
  readonly pieceBytes: number;
};

/** The next part of a chunk. `end` is where in the chunk it ends. */
export type Part<Head> =
  /** The chunk was taken, and no part is complete yet. */
  | {readonly kind: 'more'; readonly end: number}
  /** Empty lines before a message, which mean nothing. */
  | {readonly kind: 'filler'; readonly data: Buffer; readonly end: number}
  | {readonly kind: 'head'; readonly head: Head; readonly end: number}
  | {readonly kind: 'body'; readonly piece: BodyPiece; readonly end: number}
  /** Not HTTP. `held` is what was collected and not passed on yet, this chunk up to `end` included. */
  | {readonly kind: 'wrong'; readonly held: Buffer; readonly end: number};

export type MessageFormat<Head> = {
  readonly canBegin: (text: string) => boolean;
  readonly parse: (raw: Buffer) => Head | null;
  /** Whether empty lines may come before a message. */
  readonly takesFiller: boolean;
};

export class MessageReader<Head extends {readonly framing: Framing}> {
  /** Whether content and framing are told apart; otherwise they come as one, as content. */
  tellsFraming = false;
  readonly #format: MessageFormat<Head>;
  readonly #head: HeadReader;
  #body: BodyReader | null = null;

  constructor(format: MessageFormat<Head>) {
    this.#format = format;
    this.#head = new HeadReader(format.canBegin);
  }

  /** Whether a message has been read to its end, or none has begun. */
  get isBetween(): boolean {
    return this.#head.isEmpty && (this.#body === null || this.#body.isDone);
  }

  /** Whether a head has begun that is not whole. */
  get isInHead(): boolean {
    return !this.#head.isEmpty;
  }

  /** Reads on in a chunk, from `start`, which must be within it. After a message's last part the next one begins. */
  next(data: Buffer, start: number): Part<Head> {
    if (this.#body === null || this.#body.isDone) return this.#nextOfHead(data, start);
    return this.#nextOfBody(this.#body, data, start);
  }

  /** What was collected of a head that is not whole. */
  takeHeld(): Buffer {
    return this.#head.take();
  }

  #nextOfHead(data: Buffer, start: number): Part<Head> {
    if (this.#head.isEmpty && this.#format.takesFiller) {
      let end = start;
      while (data[end] === 0x0d || data[end] === 0x0a) end++;
      if (end > start) return {kind: 'filler', data: data.subarray(start, end), end};
    }
    const progress = this.#head.read(data, start);
    if (progress.kind === 'more') return {kind: 'more', end: data.length};
    if (progress.kind === 'wrong') return {kind: 'wrong', held: this.#head.take(), end: data.length};
    const {raw, end} = progress;
    const head = this.#format.parse(raw);
    if (head === null) return {kind: 'wrong', held: raw, end};
    this.#body = new BodyReader(head.framing);
    return {kind: 'head', head, end};
  }

  #nextOfBody(body: BodyReader, data: Buffer, start: number): Part<Head> {
    let {kind, end} = body.next(data, start);
    while (!this.tellsFraming && kind !== 'wrong' && end < data.length && !body.isDone) {
      ({kind, end} = body.next(data, end));
    }
    if (kind === 'wrong') return {kind, held: data.subarray(start, end), end};
    const piece = {kind, data: data.subarray(start, end), pieceBytes: body.pieceBytes};
    return {kind: 'body', piece, end};
  }
}
