// stall: goes silent, at once, after `bytes` bytes, or after `ms` ms, whichever comes first. What follows is dropped, and the
// connection stays open. Removing the toxic closes a connection that has gone silent, since bytes may be missing. With `both`
// the other direction goes silent at the same time.

import {passLimits, passUntil} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

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
