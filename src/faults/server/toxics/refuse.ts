// refuse: the proxy is down: new connections are refused, live ones are cut. Removing the toxic brings it back at its address.
// What `enabled: false` does for good, this does for a part of the time. Nobody sees the connects that the kernel refuses, so
// that only the toxic's coming and the connections that it cuts are counted.

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
