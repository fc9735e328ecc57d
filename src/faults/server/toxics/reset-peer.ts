// reset_peer: `timeout` ms after the first chunk, or after the end of the stream, resets both sides of the connection (RST).
// All data is dropped.

import {defineToxicType} from '../toxic-type.ts';

export const resetPeer = defineToxicType({
  name: 'reset_peer',
  goName: 'ResetToxic',
  attributes: {
    /** Milliseconds. */
    timeout: {kind: 'int64', initial: 0},
  },
  *run(stage, {timeout}) {
    yield* stage.read();
    stage.acted();
    // Bytes are missing from here on. So when the toxic is changed or removed meanwhile, the reset comes at once.
    yield* stage.sleepUntil(performance.now() + timeout);
    stage.reset();
  },
});
