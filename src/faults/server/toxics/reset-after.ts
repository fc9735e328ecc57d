// reset_after: lets everything through until `bytes` bytes have passed or `ms` ms are over, whichever comes first, and then
// resets both sides of the connection (RST). What came before arrives before the reset.

import {passUntil} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

export const resetAfter = defineToxicType({
  name: 'reset_after',
  attributes: {
    /** 0: no limit. */
    bytes: {kind: 'int64', initial: 0},
    /** Milliseconds from when the toxic starts on the connection; 0: no limit. Neither: a reset at once. */
    ms: {kind: 'int64', initial: 0},
  },
  *run(stage, limits) {
    const end = yield* passUntil(stage, limits);
    if (end.kind === 'input-ended') return;
    stage.acted();
    stage.close('reset');
  },
});
