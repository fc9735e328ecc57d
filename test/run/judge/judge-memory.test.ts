import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import test from 'ava';

test('judging and telling keep no object per operation: three million fit into a small heap', async t => {
  t.timeout(180_000);
  const worker = new Worker(new URL('../../helpers/judged-long.ts', import.meta.url), {
    resourceLimits: {maxOldGenerationSizeMb: 64},
  });
  // Rejects with ERR_WORKER_OUT_OF_MEMORY.
  const [code] = await once(worker, 'exit');
  t.is(code, 0);
});
