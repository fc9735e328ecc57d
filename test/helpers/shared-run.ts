// A run that all tests of a file look at: made before the first of them, and cleaned up after the last.

import type {ExecutionContext} from 'ava';
import test from 'ava';

type Teardown = Pick<ExecutionContext, 'teardown'>;

/** Call it at the top of a test file; what it returns gives the run. */
export const sharedRun = <Ran>(make: (t: Teardown) => Promise<Ran>, limitMs = 240_000): (() => Ran) => {
  const teardowns: Parameters<Teardown['teardown']>[0][] = [];
  let ran: Ran | undefined;
  test.before(async t => {
    t.timeout(limitMs);
    ran = await make({teardown: fn => teardowns.push(fn)});
  });
  test.after.always(async () => {
    for (const teardown of teardowns.toReversed()) await teardown();
  });
  return () => {
    if (ran === undefined) throw new Error('asked for before it was made');
    return ran;
  };
};
