// blackhole: new connections are accepted by the kernel and never served: what they send is not read, the upstream is
// not dialled. Removing the toxic closes them. Those that were there before it go on.

import {defineToxicType} from '../toxic-type.ts';

export const blackhole = defineToxicType({
  name: 'blackhole',
  attributes: {},
  onAccept: () => 'hold',
});

export const blackholeSyn = defineToxicType({
  name: 'blackhole_syn',
  attributes: {},
  refuse: () => (process.platform === 'linux' ? null : 'blackhole_syn needs Linux'),
  downtime: () => ({downMs: Number.POSITIVE_INFINITY, upMs: Number.POSITIVE_INFINITY, connects: 'hang'}),
});
