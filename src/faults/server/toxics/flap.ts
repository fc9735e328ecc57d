// flap: the proxy is down for `down` ms, then up for `up` ms, and so on, beginning with down. While it is down it refuses new
// connections; those that are open when it goes down are cut.

import {defineToxicType} from '../toxic-type.ts';

export const flap = defineToxicType({
  name: 'flap',
  attributes: {
    /** Milliseconds. */
    down: {kind: 'int64', initial: 1000},
    /** Milliseconds. */
    up: {kind: 'int64', initial: 1000},
  },
  refuse: ({down, up}) => (down < 1 || up < 1 ? 'down and up must be at least 1 ms' : null),
  downtime: ({down, up}) => ({downMs: down, upMs: up, connects: 'are-refused'}),
});
