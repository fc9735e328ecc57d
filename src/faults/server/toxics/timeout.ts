// timeout: drops all data, and closes the connection once `timeout` ms have passed without any. 0 never closes it.
// Removing the toxic closes the connection, since bytes are missing.

import {defineToxicType} from '../toxic-type.ts';

export const timeout = defineToxicType({
  name: 'timeout',
  goName: 'TimeoutToxic',
  attributes: {
    /** Milliseconds of silence. */
    timeout: {kind: 'int64', initial: 0},
  },
  *run(stage, {timeout}) {
    stage.closesOnRemoval = true;
    const silenceMs = timeout > 0 ? timeout : Number.POSITIVE_INFINITY;
    for (;;) {
      const input = yield* stage.readBefore(performance.now() + silenceMs);
      if (input === null) return;
      stage.acted();
      if (input === 'late') return;
    }
  },
});
