// slicer: cuts chunks into slices of about `average_size` ± `size_variation` bytes, with `delay` µs after each slice.

import type {Stage} from '../stage.ts';
import {defineToxicType} from '../toxic-type.ts';

export const slicer = defineToxicType({
  name: 'slicer',
  goName: 'SlicerToxic',
  attributes: {
    /** Bytes. */
    average_size: {kind: 'int', initial: 0},
    /** Bytes. */
    size_variation: {kind: 'int', initial: 0},
    /** Microseconds after each slice. */
    delay: {kind: 'int', initial: 0},
  },
  refuse: ({average_size, size_variation}) =>
    average_size + Math.min(0, size_variation) < 1
      ? 'average_size must be at least 1, also after a negative size_variation'
      : null,
  *run(stage, {average_size, size_variation, delay}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      const {timestampMs} = chunk;
      let rest = chunk.data;
      const sizes = sliceSizes(rest.length, average_size, size_variation, stage);
      if (sizes.length > 1 || delay > 0) stage.acted();
      let dueMs = performance.now();
      for (const size of sizes) {
        // The pause is after the slice: the time that the slice had to wait for its receiver comes on top.
        if (yield* stage.write({data: rest.subarray(0, size), timestampMs})) dueMs = performance.now();
        rest = rest.subarray(size);
        dueMs += delay / 1000;
        if (!(yield* stage.sleepUntil(dueMs))) break;
      }
      // Interrupted: what is left goes in one piece.
      if (rest.length > 0) yield* stage.write({data: rest, timestampMs});
    }
  },
});

/** Halves recursively, each cut moved by up to ± variation, until a slice is at most average + variation bytes long. */
const sliceSizes = (bytes: number, average: number, variation: number, stage: Stage): number[] => {
  if (bytes - average <= variation) return [bytes];
  let cut = Math.floor(bytes / 2);
  if (variation > 0) cut += Math.floor(stage.random() * 2 * variation) - variation;
  // A variation above the average could move the cut out of the chunk.
  cut = Math.min(Math.max(cut, 1), bytes - 1);
  return [
    ...sliceSizes(cut, average, variation, stage),
    ...sliceSizes(bytes - cut, average, variation, stage),
  ];
};
