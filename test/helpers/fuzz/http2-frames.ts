// Frames of HTTP/2 as peers may write them: with padding, with priorities, and with header blocks in parts.

import {frame, frameTypes} from '../../../src/faults/server/http2/frames.ts';
import type {Random} from '../../../src/faults/server/random.ts';
import {below} from './bytes.ts';

const {data, headers, continuation} = frameTypes;
export const endStream = 1;
const endHeaders = 4;
const padded = 8;
const prioritised = 32;

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** With padding, now and then. */
const paddedBy = (random: Random, content: Buffer): {readonly flags: number; readonly payload: Buffer} => {
  if (random() > 0.1) return {flags: 0, payload: content};
  const padding = below(random, 20);
  return {flags: padded, payload: Buffer.concat([Buffer.from([padding]), content, Buffer.alloc(padding)])};
};

type BlockPlace = {
  readonly type: number;
  readonly stream: number;
  readonly flags: number;
  /** What comes before the block. */
  readonly before?: Buffer;
};

const nothing = Buffer.alloc(0);

/** HEADERS or PUSH_PROMISE, with a priority, padding and continuations, now and then. */
export const blockFrames = (random: Random, block: Buffer, place: BlockPlace): Buffer => {
  const {type, stream, flags, before = nothing} = place;
  const isPrioritised = type === headers && random() < 0.1;
  const priority = isPrioritised ? Buffer.alloc(5) : nothing;
  const cuts = random() < 0.2 ? [below(random, block.length + 1), below(random, block.length + 1)] : [];
  const [first = block.length, second = block.length] = cuts.toSorted((a, b) => a - b);
  const beginning = Buffer.concat([before, priority, block.subarray(0, first)]);
  const {flags: padding, payload} = paddedBy(random, beginning);
  const isWhole = cuts.length === 0;
  const own = flags | padding | (isPrioritised ? prioritised : 0) | (isWhole ? endHeaders : 0);
  return Buffer.concat([
    frame(type, own, stream, payload),
    ...(isWhole
      ? []
      : [
          frame(continuation, 0, stream, block.subarray(first, second)),
          frame(continuation, endHeaders, stream, block.subarray(second)),
        ]),
  ]);
};

export const contentFrame = (random: Random, stream: number, flags: number): Buffer => {
  const content = Buffer.alloc(random() < 0.1 ? below(random, 16_000) : below(random, 100), 'x');
  const {flags: padding, payload} = paddedBy(random, content);
  return frame(data, flags | padding, stream, payload);
};
