// reset_after: lets everything through until `bytes` bytes have passed or `ms` ms are over, whichever comes first, and then
// resets both sides of the connection (RST). What came before arrives before the reset. close_after closes them (FIN).

import {endAfter, passLimits} from '../pass-until.ts';
import {defineToxicType} from '../toxic-type.ts';

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
