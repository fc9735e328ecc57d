// limit_data: closes the connection as soon as `bytes` bytes have passed. The count belongs to the connection: changing the
// limit does not restart it.

import {defineToxicType} from '../toxic-type.ts';

export const limitData = defineToxicType({
  name: 'limit_data',
  goName: 'LimitDataToxic',
  attributes: {
    bytes: {kind: 'int64', initial: 0},
  },
  *run(stage, {bytes}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      const leftBytes = Math.max(0, bytes - stage.writtenBytes);
      const data = chunk.data.subarray(0, leftBytes);
      if (data.length > 0) yield* stage.write({data, timestampMs: chunk.timestampMs});
      if (stage.writtenBytes < bytes) continue;
      stage.acted();
      stage.close();
      return;
    }
  },
});
