// bandwidth: lets `rate` KB/s through, where 1 KB is 1000 bytes. Data waits its time before it is sent. Rate 0 holds all data.
// shared_bandwidth: the same for all connections of a proxy together.

import {defineToxicType} from '../toxic-type.ts';

/** Chunks that take longer than this are sent in slices, so that a low rate is a trickle rather than a burst per chunk. */
const sliceMs = 100;

export const bandwidth = defineToxicType({
  name: 'bandwidth',
  goName: 'BandwidthToxic',
  attributes: {
    /** Kilobytes per second, which is bytes per millisecond. */
    rate: {kind: 'int64', initial: 0},
  },
  queuedChunks: 8, // so that the next chunk is there when one has been sent, at high rates too
  refuse: ({rate}) => (rate < 0 ? 'rate must not be negative' : null),
  ramps: {rate: 1}, // at rate 0 it would never be looked at again
  *run(stage, attributes) {
    // When all that came before will have been sent. Each deadline is counted from the one before, so that a late
    // timer costs nothing.
    let freeMs = 0;
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      let {data} = chunk;
      const {timestampMs} = chunk;
      stage.acted();
      let {rate} = attributes;
      if (rate === 0) yield* stage.sleepUntil(Number.POSITIVE_INFINITY);
      freeMs = Math.max(freeMs, stage.arrivedMs);
      while (rate > 0 && data.length > rate * sliceMs) {
        const sliceBytes = Math.floor(rate * sliceMs);
        freeMs += sliceMs;
        if (!(yield* stage.sleepUntil(freeMs))) break;
        const slice = {data: data.subarray(0, sliceBytes), timestampMs};
        if (yield* stage.write(slice)) freeMs = performance.now();
        data = data.subarray(sliceBytes);
        rate = attributes.rate;
      }
      if (rate > 0) freeMs += data.length / rate;
      yield* stage.sleepUntil(freeMs);
      // A receiver that was not ready is not sent a burst afterwards.
      if (yield* stage.write({data, timestampMs})) freeMs = performance.now();
    }
  },
});

/** What one connection may send before it is another's turn, so that they take turns often, but not for every byte. */
const turnMs = 10;

export const sharedBandwidth = defineToxicType({
  name: 'shared_bandwidth',
  attributes: {
    /** Kilobytes per second and direction, which is bytes per millisecond. */
    rate: {kind: 'int64', initial: 0},
  },
  queuedChunks: 8,
  refuse: ({rate}) => (rate < 0 ? 'rate must not be negative' : null),
  ramps: {rate: 1},
  *run(stage, attributes, shared) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      let {data} = chunk;
      const {timestampMs} = chunk;
      stage.acted();
      while (data.length > 0) {
        const {rate} = attributes;
        const slice = data.subarray(0, Math.max(1, Math.floor(rate * turnMs)));
        // A turn is taken when the one before it is over. A connection that waits for its receiver takes none.
        if (rate > 0) shared.freeMs = Math.max(shared.freeMs, performance.now()) + slice.length / rate;
        const isDue = yield* stage.sleepUntil(rate > 0 ? shared.freeMs : Number.POSITIVE_INFINITY);
        // Interrupted: what is left goes in one piece.
        const passing = isDue ? slice : data;
        yield* stage.write({data: passing, timestampMs});
        data = data.subarray(passing.length);
      }
    }
  },
});
