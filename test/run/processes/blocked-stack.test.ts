// Where a process is stuck that does not answer, asked from outside; and that it costs a limited time not to learn it.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {sealed} from '../../../src/model/channel.ts';
import {
  captureBlockedStack,
  inspectorArgs,
  withoutInspectorLines,
} from '../../../src/run/processes/blocked-stack.ts';
import {Child} from '../../../src/run/processes/child.ts';
import {temporaryFolder} from '../../helpers/run-folders.ts';

type Stuck = {readonly code: string; readonly functions: readonly string[]; readonly limitMs: number};

const isStuck = test.macro({
  title: title => `${title}`,
  async exec(t, {code, functions, limitMs}: Stuck) {
    const file = join(await temporaryFolder(t), 'stuck.mjs');
    await writeFile(file, code);
    const child = new Child<never, {readonly kind: 'loaded'}>({
      label: 'It',
      file,
      execArgv: inspectorArgs,
      env: process.env,
    });
    t.teardown(async () => {
      child.kill();
      await child.exited;
    });
    await child.next(['loaded'], 20_000);
    const frames = await captureBlockedStack(child, limitMs);
    t.deepEqual(
      frames.map(({functionName}) => functionName).filter(name => functions.includes(name)),
      functions,
    );
    if (functions.length === 0) t.deepEqual(frames, []);
  },
});

const told = (then: string): string =>
  `process.send(${JSON.stringify(sealed({kind: 'loaded'}))}, () => {${then}});`;

test('a loop that never ends is found, with its caller', isStuck, {
  code: `const spin = () => {for (;;);};\nconst outer = () => spin();\n${told('outer();')}`,
  functions: ['spin', 'outer'],
  limitMs: 15_000,
});
test('promises that never let the event loop turn are found', isStuck, {
  code: `const churn = async () => {for (;;) await null;};\n${told('churn();')}`,
  functions: ['churn'],
  limitMs: 15_000,
});
test('a pattern that never comes to its end is found at its caller', isStuck, {
  code: `const match = () => /^(a+)+$/.test('a'.repeat(60) + 'b');\n${told('match();')}`,
  functions: ['match'],
  limitMs: 15_000,
});
test('a thread that waits for another is found at its caller', isStuck, {
  code: `const waits = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\n${told('waits();')}`,
  functions: ['waits'],
  limitMs: 15_000,
});
test('a process that waits for the system does not tell, and is not waited for', isStuck, {
  code: `import {execFileSync} from 'node:child_process';\n${told("execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 9000)']);")}`,
  functions: [],
  limitMs: 500,
});
test('a process whose loop is free does not tell', isStuck, {
  code: told('setTimeout(() => {}, 60_000);'),
  functions: [],
  limitMs: 500,
});
test('a process that takes the signal for itself does not tell', isStuck, {
  code: `process.on('SIGUSR1', () => {});\n${told('for (;;);')}`,
  functions: [],
  limitMs: 500,
});

test('what Node prints of its inspector is no word of the library', t => {
  const stderr = [
    'the library said this',
    'Debugger listening on ws://127.0.0.1:44893/bb9fcd10-5fa5-44af-a023-d90e2b620f4f',
    'For help, see: https://nodejs.org/learn/getting-started/debugging',
    'Debugger attached.',
    'and this',
  ].join('\n');
  t.is(withoutInspectorLines(stderr), 'the library said this\nand this');
});
