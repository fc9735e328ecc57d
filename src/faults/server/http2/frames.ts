// The frames of HTTP/2 (RFC 9113): read from chunks however they are cut, and written.

import type {Http2ErrorCode} from '../../../model/http-codes.ts';
import type {HeaderField} from '../http/head.ts';
import {emptiedTable, encodeHpack} from './hpack.ts';

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const frameTypes = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** `ack` is of SETTINGS and PING, `endStream` of DATA and HEADERS. */
const flagBits = {ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32} as const;

/** Those that the injector sends by itself (RFC 9113, 7). */
export const errorCodes = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  REFUSED_STREAM: 7,
  CANCEL: 8,
} as const satisfies {readonly [name in Http2ErrorCode]?: number};

export const settingIds = {maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5} as const;

/** Values until a peer says others (RFC 9113, 6.5.2 and 6.9.2). */
export const initialWindowBytes = 65_535;
export const initialFrameBytes = 16_384;
/** What a peer may say. */
export const largestWindowBytes = 2 ** 31 - 1;
const largestFrameBytes = 2 ** 24 - 1;

export type Frame = {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** The bytes as they came; with HEADERS and PUSH_PROMISE those of the continuations, too. */
  readonly raw: Buffer;
  /** The header block, whole, of HEADERS and PUSH_PROMISE; otherwise empty. */
  readonly block: Buffer;
};

const headBytes = 9;
/** Peers allow some kilobytes. */
const largestBlockBytes = 1024 * 1024;
/** Empty ones included. */
const mostBlockFrames = 10_000;
const nothing = Buffer.alloc(0);

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export const isAck = ({flags}: Frame): boolean => (flags & flagBits.ack) !== 0;
export const endsStream = ({type, flags}: Frame): boolean =>
  (type === frameTypes.data || type === frameTypes.headers) && (flags & flagBits.endStream) !== 0;

/** A header block whose continuations have not all come. */
type Unfinished = {
  readonly first: Frame;
  /** The frames so far, and their parts of the block. */
  readonly raws: Buffer[];
  readonly parts: Buffer[];
  blockBytes: number;
};

export class FrameReader {
  /** The largest payload that its receiver takes. What is larger would be waited for, and the receiver could not refuse it. */
  #largestBytes = initialFrameBytes;
  #parts: Buffer[] = [];
  #bytes = 0;
  #unfinished: Unfinished | null = null;
  /** The frame that is being read, or that was read last, with those before it of its block; and where in the chunk it ends. */
  #current: readonly Buffer[] = [];
  #at = 0;

  /** Its receiver takes frames of this size from now on. Smaller ones than before count only once its sender knows of it. */
  allow(bytes: number | null): void {
    this.#largestBytes = Math.max(this.#largestBytes, bytes ?? 0);
  }

  /** What cannot be read as frames of this chunk: from the frame on that failed. */
  restOf(data: Buffer): Buffer {
    this.#unfinished = null;
    return Buffer.concat([...this.#current, data.subarray(this.#at)]);
  }

  /** What was collected of a frame that is not whole, or of a header block. */
  take(): Buffer {
    const held = Buffer.concat([...(this.#unfinished?.raws ?? []), ...this.#parts]);
    this.#parts = [];
    this.#bytes = 0;
    this.#unfinished = null;
    return held;
  }

  /** The frames that are whole with this chunk. Throws FrameError. */
  *read(data: Buffer): Generator<Frame, void, void> {
    this.#at = 0;
    while (this.#at < data.length) {
      const rest = data.subarray(this.#at);
      const raw = this.#bytes === 0 ? wholeFrame(rest) : null;
      if (raw !== null) {
        this.#at += raw.length;
        yield* this.#frame(raw);
        continue;
      }
      const taken = rest.subarray(0, this.#missingBytes(rest));
      this.#at += taken.length;
      this.#parts.push(taken);
      this.#bytes += taken.length;
      if (this.#missingBytes(nothing) > 0) {
        this.#refuseLarge();
        continue;
      }
      const joined = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#bytes = 0;
      yield* this.#frame(joined);
    }
  }

  /** Of the frame that has begun, as far as that can be known. */
  #missingBytes(next: Buffer): number {
    if (this.#bytes < headBytes) {
      if (this.#bytes > 0 || next.length < headBytes) return headBytes - this.#bytes;
      return headBytes + next.readUIntBE(0, 3);
    }
    const [first = nothing] = this.#parts;
    const head = first.length >= headBytes ? first : Buffer.concat(this.#parts.slice(0, headBytes));
    return headBytes + head.readUIntBE(0, 3) - this.#bytes;
  }

  /** Before all of it has come. */
  #refuseLarge(): void {
    const isHeadWhole = this.#bytes >= headBytes;
    if (!isHeadWhole || this.#bytes + this.#missingBytes(nothing) <= headBytes + this.#largestBytes) return;
    this.#current = [this.take()];
    throw new FrameError('a frame that is larger than its receiver takes');
  }

  *#frame(raw: Buffer): Generator<Frame, void, void> {
    const before = this.#unfinished;
    before?.raws.push(raw);
    this.#current = before?.raws ?? [raw];
    const frame = frameOf(raw);
    if (frame.payload.length > this.#largestBytes)
      throw new FrameError('a frame that is larger than its receiver takes');
    const {type, stream} = frame;
    if (before !== null) {
      if (type !== frameTypes.continuation || stream !== before.first.stream)
        throw new FrameError('a header block that is interrupted');
      before.parts.push(frame.payload);
      before.blockBytes += frame.payload.length;
      if (before.blockBytes > largestBlockBytes || before.raws.length > mostBlockFrames)
        throw new FrameError('a header block that does not end');
      if (!hasWholeBlock(frame)) return;
      this.#unfinished = null;
      yield {...before.first, raw: Buffer.concat(before.raws), block: Buffer.concat(before.parts)};
      return;
    }
    const hasBlock = type === frameTypes.headers || type === frameTypes.pushPromise;
    const withBlock = hasBlock ? {...frame, block: blockOf(frame)} : frame;
    if (!hasBlock || hasWholeBlock(frame)) {
      yield withBlock;
      return;
    }
    const {block} = withBlock;
    this.#unfinished = {first: withBlock, raws: [raw], parts: [block], blockBytes: block.length};
  }
}

const hasWholeBlock = ({flags}: Frame): boolean => (flags & flagBits.endHeaders) !== 0;

/** The frame with which the data begins, if it is all there. */
const wholeFrame = (data: Buffer): Buffer | null => {
  if (data.length < headBytes) return null;
  const bytes = headBytes + data.readUIntBE(0, 3);
  return data.length < bytes ? null : data.subarray(0, bytes);
};

const frameOf = (raw: Buffer): Frame => ({
  type: raw.readUInt8(3),
  flags: raw.readUInt8(4),
  stream: raw.readUInt32BE(5) & 0x7fffffff,
  payload: raw.subarray(headBytes),
  raw,
  block: nothing,
});

/** The payload without what surrounds it. */
export const contentOf = ({flags, payload}: Frame): Buffer => {
  if ((flags & flagBits.padded) === 0) return payload;
  const paddingBytes = payload[0] ?? 0;
  if (paddingBytes >= payload.length) throw new FrameError('a padding that is longer than its frame');
  return payload.subarray(1, payload.length - paddingBytes);
};

const blockOf = (frame: Frame): Buffer => {
  const isPrioritised = frame.type === frameTypes.headers && (frame.flags & flagBits.priority) !== 0;
  const isPromise = frame.type === frameTypes.pushPromise;
  return contentOf(frame).subarray(isPrioritised ? 5 : isPromise ? 4 : 0);
};

export const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(headBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

export const dataFrame = (stream: number, data: Buffer, isLast: boolean): Buffer =>
  frame(frameTypes.data, isLast ? flagBits.endStream : 0, stream, data);

export type HeadersToWrite = {
  readonly stream: number;
  readonly fields: readonly HeaderField[];
  readonly isLast: boolean;
  /** What the receiver takes. */
  readonly frameBytes: number;
  /** Whether it is the first that is written in place of one that came. */
  readonly emptiesTable: boolean;
  /** The stream that is promised on `stream`. */
  readonly promised?: number;
};

/** HEADERS, or PUSH_PROMISE, with the continuations that they need. */
export const headersFrames = (headers: HeadersToWrite): Buffer => {
  const {stream, fields, isLast, frameBytes, emptiesTable, promised} = headers;
  const before = Buffer.alloc(promised === undefined ? 0 : 4);
  if (promised !== undefined) before.writeUInt32BE(promised);
  const all = Buffer.concat([before, emptiesTable ? emptiedTable : nothing, encodeHpack(fields)]);
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < all.length; at += frameBytes) {
    const first = promised === undefined ? frameTypes.headers : frameTypes.pushPromise;
    const flags =
      (at === 0 && isLast ? flagBits.endStream : 0) |
      (at + frameBytes >= all.length ? flagBits.endHeaders : 0);
    const part = all.subarray(at, at + frameBytes);
    frames.push(frame(at === 0 ? first : frameTypes.continuation, flags, stream, part));
  }
  return Buffer.concat(frames);
};

export const resetFrame = (stream: number, code: number): Buffer =>
  frame(frameTypes.resetStream, 0, stream, numbers(code));

export const windowFrame = (stream: number, bytes: number): Buffer =>
  frame(frameTypes.windowUpdate, 0, stream, numbers(bytes));

export const goAwayFrame = (lastStream: number, code: number, text: string): Buffer =>
  frame(frameTypes.goAway, 0, 0, Buffer.concat([numbers(lastStream, code), Buffer.from(text)]));

const numbers = (...values: readonly number[]): Buffer => {
  const data = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) data.writeUInt32BE(value, 4 * index);
  return data;
};

/** By their ids. */
export type Settings = ReadonlyMap<number, number>;

const settingBytes = 6;

export const settingsFrame = (settings: Settings): Buffer => {
  const data = Buffer.alloc(settingBytes * settings.size);
  for (const [index, [id, value]] of [...settings].entries()) {
    data.writeUInt16BE(id, settingBytes * index);
    data.writeUInt32BE(value, settingBytes * index + 2);
  }
  return frame(frameTypes.settings, 0, 0, data);
};

export const readSettings = ({payload}: Frame): Settings => {
  const settings = new Map<number, number>();
  for (let at = 0; at + settingBytes <= payload.length; at += settingBytes)
    settings.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
  return settings;
};

/** The largest frame that they allow; null: they do not say, or nothing that they may. */
export const frameBytesOf = (settings: Settings): number | null => {
  const bytes = settings.get(settingIds.maxFrameSize) ?? 0;
  return bytes >= initialFrameBytes && bytes <= largestFrameBytes ? bytes : null;
};

/** The number with which a RST_STREAM, a WINDOW_UPDATE or a GOAWAY begins. */
export const firstNumber = ({payload}: Frame): number => {
  if (payload.length < 4) throw new FrameError('a frame that is too short');
  return payload.readUInt32BE(0) & 0x7fffffff;
};
