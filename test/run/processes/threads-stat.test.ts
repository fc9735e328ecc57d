// A line of /proc/pid/stat, whatever the name in it.
import test from 'ava';
import {parseStat} from '../../../src/run/processes/threads.ts';

const fields = '1 4242 4242 0 -1 4194304 100 0 0 0 250 17 0 0 20 0 11 0 1';

for (const name of ['node', 'v8:ProfEvntProc', 'two words', 'a) S (b']) {
  test(`the thread "${name}"`, t => {
    t.deepEqual(parseStat(`4711 (${name}) D ${fields}`), {
      name,
      state: 'D',
      cpuMs: 2670,
      endedChildrenCpuMs: 0,
    });
  });
}
