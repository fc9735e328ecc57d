// What becomes of new connections.

import {defineToxicType} from '../toxic-type.ts';

/**
 * refuse: the proxy is down: new connections are refused, live ones are cut. Removing the toxic brings it back at its
 * address. It does for a part of the time what `enabled: false` does for good. The connects that the kernel refuses
 * cannot be seen, so that only the beginning of each down-time and the connections that it cuts are counted.
 */
export const refuse = defineToxicType({
  name: 'refuse',
  attributes: {},
  downtime: () => ({
    downMs: Number.POSITIVE_INFINITY,
    upMs: Number.POSITIVE_INFINITY,
    effect: 'connects-are-refused',
  }),
});

/**
 * flap: the proxy is down for `down` ms, then up for `up` ms, and so on, beginning with down. While it is down it refuses new
 * connections; those that are open when it goes down are cut.
 */
export const flap = defineToxicType({
  name: 'flap',
  attributes: {
    /** Milliseconds. */
    down: {kind: 'int64', initial: 1000},
    /** Milliseconds. */
    up: {kind: 'int64', initial: 1000},
  },
  refuse: ({down, up}) => (down < 1 || up < 1 ? 'down and up must be at least 1 ms' : null),
  downtime: ({down, up}) => ({downMs: down, upMs: up, effect: 'connects-are-refused'}),
});

/**
 * blackhole: new connections are accepted by the kernel and never served: what they send is not read, the upstream is
 * not dialled. Removing the toxic closes them, or with `outlives` leaves them as they are. Those that were there before it go on.
 */
export const blackhole = defineToxicType({
  name: 'blackhole',
  attributes: {
    /** Whether its connections stay open and silent when the toxic is gone. */
    outlives: {kind: 'bool', initial: false},
  },
  onAccept: () => 'hold',
});

export const blackholeSyn = defineToxicType({
  name: 'blackhole_syn',
  attributes: {},
  refuse: () => (process.platform === 'linux' ? null : 'blackhole_syn needs Linux'),
  downtime: () => ({
    downMs: Number.POSITIVE_INFINITY,
    upMs: Number.POSITIVE_INFINITY,
    effect: 'connects-hang',
  }),
});

/**
 * limit_connections: at most `connections` connections of the proxy are open at a time. A further one is closed on accept, or
 * left without an answer. Those that were there before the toxic stay, and count.
 */
export const limitConnections = defineToxicType({
  name: 'limit_connections',
  attributes: {
    connections: {kind: 'int64', initial: 0},
    /** Leaves the others open and silent until the toxic is removed, instead of closing them. */
    unanswered: {kind: 'bool', initial: false},
  },
  onAccept({servedConnections}, {connections, unanswered}) {
    if (servedConnections() < connections) return 'serve';
    return unanswered ? 'hold' : 'close';
  },
});
