// The ends of connections that a real Toxiproxy has, and its `noop`.

import {defineToxicType} from '../toxic-type.ts';

/**
 * limit_data: closes the connection as soon as `bytes` bytes have passed. The count belongs to the connection: changing the
 * limit does not restart it.
 */
export const limitData = defineToxicType({
  name: 'limit_data',
  goName: 'LimitDataToxic',
  attributes: {
    bytes: {kind: 'int64', initial: 0},
  },
  *run(stage, {bytes}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      const leftBytes = Math.max(0, bytes - stage.writtenBytes);
      const data = chunk.data.subarray(0, leftBytes);
      if (data.length > 0) yield* stage.write({data, timestampMs: chunk.timestampMs});
      if (stage.writtenBytes < bytes) continue;
      stage.acted();
      stage.close();
      return;
    }
  },
});

/**
 * noop: passes everything, so that a client can try its wiring.
 */
export const noop = defineToxicType({
  name: 'noop',
  goName: 'NoopToxic',
  attributes: {},
  *run(stage) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      yield* stage.write(chunk);
    }
  },
});

/**
 * reset_peer: `timeout` ms after the first chunk, or after the end of the stream, resets both sides of the connection (RST).
 * All data is dropped.
 */
export const resetPeer = defineToxicType({
  name: 'reset_peer',
  goName: 'ResetToxic',
  attributes: {
    /** Milliseconds. */
    timeout: {kind: 'int64', initial: 0},
  },
  *run(stage, {timeout}) {
    yield* stage.read();
    stage.acted();
    // Bytes are missing from here on. So when the toxic is changed or removed meanwhile, the reset comes at once.
    yield* stage.sleepUntil(performance.now() + timeout);
    stage.reset();
  },
});

/**
 * slow_close: lets data pass and delays the end of the stream by `delay` ms, in its direction only.
 */
export const slowClose = defineToxicType({
  name: 'slow_close',
  goName: 'SlowCloseToxic',
  attributes: {
    /** Milliseconds. */
    delay: {kind: 'int64', initial: 0},
  },
  *run(stage, {delay}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      yield* stage.write(chunk);
    }
    if (delay <= 0) return;
    stage.acted();
    yield* stage.sleepUntil(performance.now() + delay);
  },
});

/**
 * timeout: drops all data, and closes the connection once `timeout` ms have passed without any. 0 never closes it.
 * Removing the toxic closes the connection, since bytes are missing.
 */
export const timeout = defineToxicType({
  name: 'timeout',
  goName: 'TimeoutToxic',
  attributes: {
    /** Milliseconds of silence. */
    timeout: {kind: 'int64', initial: 0},
  },
  *run(stage, {timeout}) {
    stage.closesOnRemoval = true;
    const silenceMs = timeout > 0 ? timeout : Number.POSITIVE_INFINITY;
    for (;;) {
      const input = yield* stage.readBefore(performance.now() + silenceMs);
      if (input === null) return;
      stage.acted();
      if (input === 'late') return;
    }
  },
});
