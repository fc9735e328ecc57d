// noop: passes everything, so that a client can try its wiring.

import {defineToxicType} from '../toxic-type.ts';

export const noop = defineToxicType({
  name: 'noop',
  goName: 'NoopToxic',
  attributes: {},
  *run(stage) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      yield* stage.write(chunk);
    }
  },
});
