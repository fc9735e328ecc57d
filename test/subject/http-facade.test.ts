// The package that is named is under test: nothing of ours makes Node's own undici the first.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';

const file = (path: string): URL => new URL(path, import.meta.url);

const answerOf = async (
  fixture: string,
  preloads: readonly string[] = [],
  args: readonly string[] = [],
): Promise<unknown> => {
  const child = fork(file(fixture), args, {
    execArgv: preloads.flatMap(preload => ['--import', file(preload).href]),
  });
  const exited = once(child, 'exit');
  const [answer] = await once(child, 'message');
  await exited;
  return answer;
};

const told = {
  own: 'well',
  nodes: 'well',
  event: ['told', 7, true, true, true],
  webSocket: [1, 'WebSocket', true],
  same: true,
};

test('whoever imports node:http first, fetch of undici is that of the package', async t => {
  const answer = await answerOf('../fixtures/node-http-first.ts', ['../../src/subject/preload.ts']);
  t.deepEqual(answer, {isOfPackage: true, ...told});
});

test('without the preload the import alone makes Node’s copy the first', async t => {
  t.deepEqual(await answerOf('../fixtures/node-http-first.ts'), {isOfPackage: false, ...told});
});

test('where another copy was loaded first, it is told which', async t => {
  const found = (...args: readonly string[]): Promise<unknown> =>
    answerOf('../fixtures/stand-ins.ts', [], args);
  const by = `Node.js ${process.version} (undici ${process.versions['undici']})`;
  t.deepEqual(await found('fetch-first'), [{package: 'undici', version: '8.4.1', by}]);
  t.deepEqual(await found('package-first'), []);
  t.deepEqual(await found('own-dispatcher'), []);
  t.deepEqual(await found('fetch-first', 'other'), []);
});
