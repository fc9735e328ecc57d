// slow_close: lets data pass and delays the end of the stream by `delay` ms, in its direction only.

import {defineToxicType} from '../toxic-type.ts';

export const slowClose = defineToxicType({
  name: 'slow_close',
  goName: 'SlowCloseToxic',
  attributes: {
    /** Milliseconds. */
    delay: {kind: 'int64', initial: 0},
  },
  *run(stage, {delay}) {
    for (let chunk = yield* stage.read(); chunk !== null; chunk = yield* stage.read()) {
      yield* stage.write(chunk);
    }
    if (delay <= 0) return;
    stage.acted();
    yield* stage.sleepUntil(performance.now() + delay);
  },
});
