// limit_connections: at most `connections` connections of the proxy are open at a time. A further one is closed on accept, or
// left without an answer. Those that were there before the toxic stay, and count.

import {defineToxicType} from '../toxic-type.ts';

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
