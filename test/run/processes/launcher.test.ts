import {spawnSync} from 'node:child_process';
import {availableParallelism} from 'node:os';
import test from 'ava';
import {cpusOf, launcherOf} from '../../../src/run/processes/launcher.ts';

for (const [list, cpus] of [
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['1,4-5,9\n', [1, 4, 5, 9]],
] as const) {
  test(`the CPUs of ${JSON.stringify(list)}`, t => {
    t.deepEqual(cpusOf(list), [...cpus]);
  });
}

test('without a number a child is started as it is', t => {
  t.deepEqual(launcherOf(undefined), {execPath: process.execPath, execArgv: []});
});

test('a child held to one CPU finds one', t => {
  const {execPath, execArgv} = launcherOf(1);
  if (execPath === process.execPath) {
    t.log('left out: this platform cannot pin a process');
    t.pass();
    return;
  }
  const script = 'console.log(require("node:os").availableParallelism())';
  const told = spawnSync(execPath, [...execArgv, '-e', script], {encoding: 'utf8'});
  t.is(told.stdout.trim(), '1', told.stderr);
  t.true(availableParallelism() >= 1);
});
