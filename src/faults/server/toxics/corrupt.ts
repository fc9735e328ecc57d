// corrupt: flips one bit of the byte at `offset`, and of bytes at random places, `rate` of 1000 on average. Which bytes and
// which bits depends on the seed alone, not on how the stream is cut into chunks.

import type {Random} from '../random.ts';
import type {Stage} from '../stage.ts';
import {defineToxicType} from '../toxic-type.ts';

export const corrupt = defineToxicType({
  name: 'corrupt',
  attributes: {
    /** Bytes, 0 for the first that comes through the toxic on a connection; −1: none. */
    offset: {kind: 'int64', initial: -1},
    /** Bytes per KB, where 1 KB is 1000 bytes. */
    rate: {kind: 'float64', initial: 0},
  },
  refuse({offset, rate}) {
    if (rate < 0 || rate > 1000) return 'rate must be from 0 to 1000 bytes per KB';
    return offset < 0 && rate === 0 ? 'an offset of at least 0 or a rate above 0 is needed' : null;
  },
  *run(stage, {offset, rate}) {
    const random = () => stage.random();
    let nextByRate = stage.writtenBytes + gap(random, rate);
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      let {data} = chunk;
      const startsAt = stage.writtenBytes;
      const endsAt = startsAt + data.length;
      if (nextByRate < endsAt || (offset >= startsAt && offset < endsAt)) data = Buffer.from(data);
      if (offset >= startsAt && offset < endsAt) flip(stage, data, offset - startsAt, 1 << (offset % 8));
      while (nextByRate < endsAt) {
        const bit = 1 << Math.floor(random() * 8);
        if (nextByRate !== offset) flip(stage, data, nextByRate - startsAt, bit);
        nextByRate += 1 + gap(random, rate);
      }
      yield* stage.write({data, timestampMs: chunk.timestampMs});
    }
  },
});

const flip = (stage: Stage, data: Buffer, at: number, bit: number): void => {
  data.writeUInt8(data.readUInt8(at) ^ bit, at);
  stage.acted();
};

/** Bytes until the next one that is hit, when each is with a probability of `rate` / 1000: geometric, by inversion. */
const gap = (random: Random, rate: number): number => {
  // log1p keeps a rate so small that 1 minus it is 1. With one too small even for that nothing is hit.
  const bytes = Math.floor(Math.log1p(-random()) / Math.log1p(-rate / 1000));
  return Number.isFinite(bytes) ? bytes : Number.POSITIVE_INFINITY;
};
