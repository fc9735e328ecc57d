// What happens to a connection after so many bytes or so long, beyond what a real Toxiproxy has.

import type {Ending, Stage, Steps, Wait} from '../stage.ts';
import {defineToxicType} from '../toxic-type.ts';

type PassLimits = {
  /** Counted on the connection, across restarts of the toxic. 0: no limit. */
  readonly bytes: number;
  /** From now on. 0: no limit. */
  readonly ms: number;
};

/**
 * The attributes of a toxic type that does something at a place on the connection: whichever limit comes first;
 * without either, at once.
 */
const passLimits = {
  /** 0: no limit. */
  bytes: {kind: 'int64', initial: 0},
  /** Milliseconds from when the toxic starts on the connection; 0: no limit. */
  ms: {kind: 'int64', initial: 0},
} as const;

/** Which limit came first. `withheldBytes` were read beyond it. Without any limit it is reached at once. */
type PassEnd = {readonly kind: 'reached'; readonly withheldBytes: number} | {readonly kind: 'input-ended'};

/** Lets a direction through until so many bytes have passed, or so much time. */
function* passUntil(stage: Stage, {bytes, ms}: PassLimits): Generator<Wait, PassEnd, void> {
  const deadlineMs = ms > 0 ? performance.now() + ms : Number.POSITIVE_INFINITY;
  const limitBytes = bytes > 0 ? bytes : ms > 0 ? Number.POSITIVE_INFINITY : 0;
  while (stage.writtenBytes < limitBytes) {
    const chunk = yield* stage.readBefore(deadlineMs);
    if (chunk === null) return {kind: 'input-ended'};
    if (chunk === 'late') break;
    const {data, timestampMs} = chunk;
    const passing = data.subarray(0, limitBytes - stage.writtenBytes);
    yield* stage.write({data: passing, timestampMs});
    if (passing.length < data.length) return {kind: 'reached', withheldBytes: data.length - passing.length};
  }
  return {kind: 'reached', withheldBytes: 0};
}

/** Ends the direction in this way once a limit is reached. */
function* endAfter(stage: Stage, limits: PassLimits, ending: Ending): Steps {
  const end = yield* passUntil(stage, limits);
  if (end.kind === 'input-ended') return;
  stage.acted();
  stage.close(ending);
}

/**
 * stall: goes silent, at once, after `bytes` bytes, or after `ms` ms, whichever comes first. What follows is dropped, and the
 * connection stays open. Removing the toxic closes a connection that has gone silent, since bytes may be missing; with `outlives`
 * it stays silent instead, until one side closes it. With `both` the other direction goes silent at the same time.
 */
export const stall = defineToxicType({
  name: 'stall',
  attributes: {
    ...passLimits,
    /** Whether the other direction goes silent, too. */
    both: {kind: 'bool', initial: false},
    /** Whether a connection that has gone silent stays so when the toxic is gone. */
    outlives: {kind: 'bool', initial: false},
  },
  *run(stage, limits) {
    // A connection that is silent already stays so when the toxic is updated: bytes are missing, and nothing can
    // follow.
    if (!stage.closesOnRemoval && !stage.outlivesRemoval) {
      const end = yield* passUntil(stage, limits);
      if (end.kind === 'input-ended') return;
      if (end.withheldBytes > 0) stage.acted();
    }
    stage.closesOnRemoval = !limits.outlives;
    stage.outlivesRemoval = limits.outlives;
    if (limits.both) stage.silenceOther();
    while ((yield* stage.read()) !== null) stage.acted();
  },
});

/**
 * half_open: the side from which this direction comes goes away, at once, after `bytes` bytes, or after `ms` ms, and
 * the other side is never told: the proxy closes the one connection and leaves the other open and silent. Removing
 * the toxic closes that one too.
 */
export const halfOpen = defineToxicType({
  name: 'half_open',
  attributes: passLimits,
  *run(stage, limits) {
    if (!stage.closesOnRemoval) {
      const end = yield* passUntil(stage, limits);
      if (end.kind === 'input-ended') return;
    }
    stage.closesOnRemoval = true;
    stage.acted();
    stage.sever();
    yield* stage.sleepUntil(Number.POSITIVE_INFINITY);
  },
});

/**
 * half_close: ends this direction (FIN), at once, after `bytes` bytes, or after `ms` ms, while the other goes on. What would
 * follow is dropped. A FIN cannot be taken back, so removing the toxic changes nothing for the connections that had it.
 */
export const halfClose = defineToxicType({
  name: 'half_close',
  attributes: passLimits,
  run: (stage, limits) => endAfter(stage, limits, 'half-close'),
});

/**
 * reset_after: lets everything through until `bytes` bytes have passed or `ms` ms are over, whichever comes first, and then
 * resets both sides of the connection (RST). What came before arrives before the reset. close_after closes them (FIN).
 */
export const resetAfter = defineToxicType({
  name: 'reset_after',
  attributes: passLimits,
  run: (stage, limits) => endAfter(stage, limits, 'reset'),
});

export const closeAfter = defineToxicType({
  name: 'close_after',
  attributes: passLimits,
  run: (stage, limits) => endAfter(stage, limits, 'close'),
});
