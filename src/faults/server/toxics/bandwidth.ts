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
  refuse: ({rate}) => (rate < 0 ? 'rate must not be negative' : undefined),
  *run(stage, {rate}) {
    const sliceBytes = rate * sliceMs;
    // By how much the last sleep ended late (negative): the next one is shorter by that, so the rate holds on average.
    let carryMs = 0;
    for (let chunk = yield* stage.read(); chunk !== undefined; chunk = yield* stage.read()) {
      let {data} = chunk;
      const {timestampMs} = chunk;
      stage.acted();
      if (rate === 0) yield* stage.sleepUntil(Number.POSITIVE_INFINITY);
      let dueMs = performance.now() + carryMs;
      while (rate > 0 && data.length > sliceBytes) {
        dueMs += sliceMs;
        if (!(yield* stage.sleepUntil(dueMs))) break;
        yield* stage.write({data: data.subarray(0, sliceBytes), timestampMs});
        data = data.subarray(sliceBytes);
      }
      if (rate > 0) dueMs += data.length / rate;
      if (yield* stage.sleepUntil(dueMs)) carryMs = dueMs - performance.now();
      yield* stage.write({data, timestampMs});
    }
  },
});
