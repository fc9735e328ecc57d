// half_close: ends this direction (FIN), at once, after `bytes` bytes, or after `ms` ms, while the other goes on. What would
// follow is dropped. A FIN cannot be taken back, so removing the toxic changes nothing for the connections that had it.

import {endAfter, passLimits} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

export const halfClose = defineToxicType({
  name: 'half_close',
  attributes: passLimits,
  run: (stage, limits) => endAfter(stage, limits, 'half-close'),
});
