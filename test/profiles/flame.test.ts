// What is kept of a tree of calls to be drawn.
import test from 'ava';
import {CpuCuts} from '../../src/profiles/cpu.ts';
import {flameOf} from '../../src/profiles/flame.ts';
import {newTree} from '../../src/profiles/tree.ts';
import {cpuPart, frame, locations, modules} from './frames.ts';

const pool = frame('dispatch', `${modules}/undici/lib/pool.js`, 16);

test('callers come before what they called, with all that was used below them, and idle time is left out', t => {
  const cuts = new CpuCuts([{phase: 0, startMs: 0, endMs: 100}]);
  cuts.add(cpuPart(40, [pool, frame('end', 'node:net', 3)], ['end', 'end', 'dispatch']));
  cuts.add(cpuPart(60, [frame('(idle)')], ['(idle)'], 2e9));
  t.deepEqual(flameOf(cuts.cuts()[0]!.tree, locations), [
    {
      functionName: 'dispatch',
      owner: 'undici',
      ownerKind: 'package',
      place: 'lib/pool.js:17',
      depth: 0,
      total: 15,
    },
    {functionName: 'end', owner: 'Node.js', ownerKind: 'node', place: 'node:net:4', depth: 1, total: 10},
  ]);
});

test('what is below half a percent is left out, and no more than 200 frames are kept', t => {
  const tree = newTree();
  tree.child(frame('much', 'file:///a.js', 1)).add(1000, 1);
  tree.child(frame('little', 'file:///a.js', 2)).add(4, 1);
  t.deepEqual(
    flameOf(tree, locations).map(({functionName}) => functionName),
    ['much'],
  );
  const wide = newTree();
  for (let index = 0; index < 120; index++) {
    const caller = wide.child(frame(`f${index}`, 'file:///a.js', index));
    caller.add(1, 1);
    caller.child(frame('g', 'file:///b.js', index)).add(1.6, 1);
  }
  const kept = flameOf(wide, locations);
  t.is(kept.length, 200);
  t.is(kept.filter(({depth}) => depth === 0).length, 120);
});

test('a tree in which nothing was done has no frame', t => {
  t.deepEqual(flameOf(newTree(), locations), []);
});
