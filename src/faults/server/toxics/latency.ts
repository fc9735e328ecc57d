// latency: delays each chunk by `latency` ± `jitter` ms from when it was read, so that chunks travel at the same time and
// keep their order. The end of the stream is not delayed.

import {defineToxicType} from '../toxic-type.ts';

export const latency = defineToxicType({
  name: 'latency',
  goName: 'LatencyToxic',
  attributes: {
    /** Milliseconds. */
    latency: {kind: 'int64', initial: 0},
    /** Milliseconds: the delay is uniform in [latency − jitter, latency + jitter). */
    jitter: {kind: 'int64', initial: 0},
  },
  queuedChunks: 1024, // chunks under way do not hold back the sender
  ramps: {latency: 0, jitter: 0},
  *run(stage, attributes) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      const {latency, jitter} = attributes;
      const offsetMs = jitter > 0 ? Math.floor(stage.random() * 2 * jitter) - jitter : 0;
      const delayMs = latency + offsetMs;
      const dueMs = chunk.timestampMs + delayMs;
      // Drawn even when the chunk is late already, so that the sequence does not depend on timing.
      if (delayMs > 0) stage.acted();
      const isDelayed = yield* stage.sleepUntil(dueMs);
      yield* stage.write(isDelayed ? {data: chunk.data, timestampMs: dueMs} : chunk);
    }
  },
});
