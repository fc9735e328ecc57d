// bandwidth: lets `rate` KB/s through, where 1 KB is 1000 bytes. Data waits its time before it is sent. Rate 0 holds all data.

import {defineToxicType} from '../toxic-type.ts';

/** Chunks worth more than this are sent in slices, so that a low rate is a trickle rather than a burst per chunk. */
const sliceMs = 100;

export const bandwidth = defineToxicType({
  name: 'bandwidth',
  goName: 'BandwidthToxic',
  attributes: {
    /** Kilobytes per second, which is bytes per millisecond. */
    rate: {kind: 'int64', initial: 0},
  },
  queuedChunks: 8, // so that the next chunk is there when one has been sent, at high rates too
  refuse: ({rate}) => (rate < 0 ? 'rate must not be negative' : undefined),
  ramps: {rate: 1}, // at rate 0 nothing would ever look at it again
  *run(stage, attributes) {
    // When the line will have sent all that came before. Deadlines follow one another, so that a late timer costs nothing.
    let freeMs = 0;
    for (let chunk = yield* stage.read(); chunk !== undefined; chunk = yield* stage.read()) {
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
      // A receiver that was not ready does not earn a burst afterwards.
      if (yield* stage.write({data, timestampMs})) freeMs = performance.now();
    }
  },
});
