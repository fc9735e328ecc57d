// half_close: ends this direction (FIN), at once, after `bytes` bytes, or after `ms` ms, while the other goes on. What would
// follow is dropped. A FIN cannot be taken back, so removing the toxic changes nothing for the connections that had it.

import {passUntil} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

export const halfClose = defineToxicType({
  name: 'half_close',
  attributes: {
    /** 0: no limit. */
    bytes: {kind: 'int64', initial: 0},
    /** Milliseconds from when the toxic starts on the connection; 0: no limit. Neither: ended at once. */
    ms: {kind: 'int64', initial: 0},
  },
  *run(stage, limits) {
    const end = yield* passUntil(stage, limits);
    if (end.kind === 'input-ended') return;
    stage.acted();
    stage.close('half-close');
  },
});
