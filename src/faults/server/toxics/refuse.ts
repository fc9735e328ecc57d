// refuse: the proxy is down: new connections are refused, live ones are cut. Removing the toxic brings it back at its
// address. It does for a part of the time what `enabled: false` does for good. The connects that the kernel refuses
// cannot be seen, so that only the beginning of each down-time and the connections that it cuts are counted.

import {defineToxicType} from '../toxic-type.ts';

export const refuse = defineToxicType({
  name: 'refuse',
  attributes: {},
  downtime: () => ({
    downMs: Number.POSITIVE_INFINITY,
    upMs: Number.POSITIVE_INFINITY,
    connects: 'are-refused',
  }),
});
