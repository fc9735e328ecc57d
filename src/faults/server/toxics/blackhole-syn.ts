// blackhole_syn: connects hang, since the kernel leaves their SYN unanswered; live connections go on. Removing the toxic lets
// the connects that still try get through. Nobody sees those that hung, so that only the toxic's coming is counted.

import {defineToxicType} from '../toxic-type.ts';

export const blackholeSyn = defineToxicType({
  name: 'blackhole_syn',
  attributes: {},
  refuse: () => (process.platform === 'linux' ? undefined : 'blackhole_syn needs Linux'),
  downtime: () => ({downMs: Number.POSITIVE_INFINITY, upMs: Number.POSITIVE_INFINITY, connects: 'hang'}),
});
