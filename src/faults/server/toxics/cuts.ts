// What happens to a connection after so many bytes or so long, beyond what a real Toxiproxy has.

import {endAfter, passLimits, passUntil} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

/**
 * stall: goes silent, at once, after `bytes` bytes, or after `ms` ms, whichever comes first. What follows is dropped, and the
 * connection stays open. Removing the toxic closes a connection that has gone silent, since bytes may be missing. With `both`
 * the other direction goes silent at the same time.
 */
export const stall = defineToxicType({
  name: 'stall',
  attributes: {
    ...passLimits,
    /** Whether the other direction goes silent, too. */
    both: {kind: 'bool', initial: false},
  },
  *run(stage, limits) {
    // A connection that is silent already stays so when the toxic is updated: bytes are missing, and nothing can
    // follow.
    if (!stage.closesOnRemoval) {
      const end = yield* passUntil(stage, limits);
      if (end.kind === 'input-ended') return;
      if (end.withheldBytes > 0) stage.acted();
    }
    stage.closesOnRemoval = true;
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
