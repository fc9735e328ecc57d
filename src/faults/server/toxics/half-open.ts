// half_open: the side from which this direction comes goes away, at once, after `bytes` bytes, or after `ms` ms, and
// the other side is never told: the proxy closes the one connection and leaves the other open and silent. Removing
// the toxic closes that one too.

import {passLimits, passUntil} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

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
