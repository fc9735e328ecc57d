// coalesce: holds data for `hold` ms from its first byte on, and sends what has come by then in one piece: the opposite of slicer.

import {defineToxicType} from '../toxic-type.ts';

/** As much as a client reads at a time: a piece that has grown to this is sent at once. */
const pieceBytes = 64 * 1024;

export const coalesce = defineToxicType({
  name: 'coalesce',
  attributes: {
    /** Milliseconds. */
    hold: {kind: 'int64', initial: 100},
  },
  refuse: ({hold}) => (hold < 1 ? 'hold must be at least 1' : null),
  *run(stage, {hold}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      const {timestampMs} = chunk;
      const parts = [chunk.data];
      let bytes = chunk.data.length;
      const dueMs = stage.arrivedMs + hold;
      while (bytes < pieceBytes && (yield* stage.comesBefore(dueMs))) {
        const next = yield* stage.read();
        if (next === null) break;
        parts.push(next.data);
        bytes += next.data.length;
      }
      // What came alone came late, but not otherwise than it was sent.
      if (parts.length > 1) stage.acted();
      yield* stage.write({data: Buffer.concat(parts), timestampMs});
    }
  },
});
