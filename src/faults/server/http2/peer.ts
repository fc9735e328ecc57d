// One side of a connection of HTTP/2: what it says is read here, and what it is told is collected and sent together.

import type {HeaderField} from '../http/head.ts';
import {type Frame, FrameReader, frameTypes, headersFrames, initialFrameBytes} from './frames.ts';
import {HpackDecoder} from './hpack.ts';

export class Peer {
  readonly reader = new FrameReader();
  /** Of the header blocks that it sends. */
  readonly decoder = new HpackDecoder();
  /** The largest frame that it takes. */
  frameBytes = initialFrameBytes;
  #isGone = false;
  readonly #send: (data: Buffer) => void;
  #waiting: Buffer[] = [];
  #isOpen: boolean;
  /**
   * Header blocks refer to those before. Once one of them did not pass, all that follow are written anew, without such
   * references.
   */
  #blocks: 'pass' | 'emptied-next' | 'are-written' = 'pass';

  /** @param state one that is closed is sent nothing before the SETTINGS with which all must begin */
  constructor(send: (data: Buffer) => void, state: 'open' | 'closed') {
    this.#send = send;
    this.#isOpen = state === 'open';
  }

  /** What comes first, ahead of all that waits for it. */
  open(first: Buffer): void {
    if (first.length > 0) this.#waiting.unshift(first);
    this.#isOpen = true;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether it is told other header blocks than those that came. */
  get isWritten(): boolean {
    return this.#blocks !== 'pass';
  }

  /** A header block does not pass to it as it came. */
  blockWithheld(): void {
    if (this.#blocks === 'pass') this.#blocks = 'emptied-next';
  }

  /** What it gets for HEADERS or PUSH_PROMISE that pass. */
  block(frame: Frame, fields: readonly HeaderField[], isLast: boolean): Buffer {
    if (this.#blocks === 'pass') return frame.raw;
    const isPromise = frame.type === frameTypes.pushPromise;
    const {stream} = frame;
    return this.#written(stream, fields, {
      isLast,
      ...(isPromise && {promised: frame.payload.readUInt32BE(isPadded(frame) ? 1 : 0) & 0x7fffffff}),
    });
  }

  /** A block of our own. */
  ownBlock(stream: number, fields: readonly HeaderField[], isLast: boolean): Buffer {
    return this.#written(stream, fields, {isLast});
  }

  /** It has ended the connection: it is told nothing any more, for which it would reset it. */
  gone(): void {
    this.#isGone = true;
    this.#waiting = [];
  }

  send(data: Buffer): void {
    if (data.length === 0 || this.#isGone) return;
    const last = this.#waiting.at(-1);
    // What passes as it came lies side by side in one chunk.
    const isNext =
      last !== undefined && last.buffer === data.buffer && last.byteOffset + last.length === data.byteOffset;
    if (isNext) this.#waiting[this.#waiting.length - 1] = joined(last, data);
    else this.#waiting.push(data);
  }

  flush(): void {
    if (this.#waiting.length === 0 || !this.#isOpen) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const [first] = waiting;
    this.#send(waiting.length === 1 && first !== undefined ? first : Buffer.concat(waiting));
  }

  #written(
    stream: number,
    fields: readonly HeaderField[],
    kind: {readonly isLast: boolean; readonly promised?: number},
  ): Buffer {
    const emptiesTable = this.#blocks === 'emptied-next';
    if (emptiesTable) this.#blocks = 'are-written';
    return headersFrames({stream, fields, frameBytes: this.frameBytes, emptiesTable, ...kind});
  }
}

const isPadded = ({flags}: Frame): boolean => (flags & 8) !== 0;

const joined = (first: Buffer, second: Buffer): Buffer =>
  Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
