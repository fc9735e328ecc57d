// A trial's CPU profile comes in parts, and is told by phase.
import test from 'ava';
import {CpuCuts} from '../../src/profiles/cpu.ts';
import {summarise} from '../../src/profiles/summarise.ts';
import {cpuProfileFile} from '../../src/profiles/v8-files.ts';
import {cpuPart, frame, locations, modules} from './frames.ts';

const pool = frame('dispatch', `${modules}/undici/lib/pool.js`, 16);
const spans = [
  {phase: 0, startMs: 0, endMs: 100},
  {phase: 1, startMs: 100, endMs: 200},
];

test('samples go to the phase in which they were taken, whatever zero V8 counts from', t => {
  const cuts = new CpuCuts(spans);
  // From 80 ms to 120 ms: four samples in the first phase, four in the second.
  cuts.add(cpuPart(120, [pool, frame('write')], Array<string>(8).fill('write')));
  const [calm, slow] = cuts.cuts();
  t.is(calm!.tree.children[0]!.children[0]!.sampleCount, 4);
  t.is(slow!.tree.children[0]!.children[0]!.sampleCount, 4);
  t.is(Math.round(slow!.tree.children[0]!.children[0]!.self), 20);
});

test('of a phase without samples nothing is told', t => {
  const cuts = new CpuCuts(spans);
  cuts.add(cpuPart(50, [pool], ['dispatch']));
  t.deepEqual(
    cuts.cuts().map(({span}) => span.phase),
    [0],
  );
});

test('parts of one phase are one profile, though their numbers differ', t => {
  const cuts = new CpuCuts(spans);
  cuts.add(cpuPart(40, [pool, frame('write')], ['dispatch', 'write'], 1e9));
  cuts.add(cpuPart(90, [frame('(idle)')], ['(idle)'], 2e9));
  cuts.add(cpuPart(95, [pool], ['dispatch'], 3e9));
  const [cut] = cuts.cuts();
  t.deepEqual(
    cut!.tree.children.map(node => [node.frame.functionName, node.sampleCount]),
    [
      ['dispatch', 2],
      ['(idle)', 1],
    ],
  );
  const file = JSON.parse(cpuProfileFile(cut!));
  t.deepEqual(
    file.nodes.map((node: {callFrame: {functionName: string}; hitCount: number}) => [
      node.callFrame.functionName,
      node.hitCount,
    ]),
    [
      ['(root)', 0],
      ['dispatch', 2],
      ['write', 1],
      ['(idle)', 1],
    ],
  );
  t.deepEqual(file.samples, [2, 3, 4, 2]);
  t.deepEqual(file.timeDeltas, [30_000, 5000, 50_000, 5000]);
});

test('time without samples is nobody’s', t => {
  const cuts = new CpuCuts(spans);
  const part = cpuPart(90, [pool], ['dispatch', 'dispatch']);
  cuts.add({...part, profile: {...part.profile, endTime: part.profile.startTime + 80_000}});
  t.is(cuts.cuts()[0]!.tree.children[0]!.self, 5 + 50);
});

test('what Node and V8 do is the doing of the package that had them do it', t => {
  const cuts = new CpuCuts(spans);
  cuts.add(cpuPart(40, [pool, frame('end', 'node:net', 3), frame('writev')], ['writev', 'writev', 'end']));
  cuts.add(cpuPart(60, [frame('(garbage collector)')], ['(garbage collector)'], 2e9));
  const {total, sampleCount, owners, frames, heaviestStack} = summarise(cuts.cuts()[0]!.tree, locations);
  t.is(total, 20);
  t.is(sampleCount, 4);
  t.deepEqual(owners, [
    {owner: 'undici', ownerKind: 'package', self: 15, total: 15},
    {owner: 'garbage collector', ownerKind: 'engine', self: 5, total: 5},
  ]);
  t.deepEqual(
    frames.map(({functionName, calledFor, self}) => [functionName, calledFor, self]),
    [
      ['writev', 'undici', 10],
      ['end', 'undici', 5],
      ['(garbage collector)', 'garbage collector', 5],
    ],
  );
  t.deepEqual(
    heaviestStack.map(({functionName}) => functionName),
    ['writev', 'end', 'dispatch'],
  );
});

test('what a library had its handlers do is told beside what it did itself', t => {
  const cuts = new CpuCuts(spans);
  const handle = frame('handle', locations.scenarioUrl, 8);
  const again = frame('emit', `${modules}/undici/lib/events.js`, 2);
  cuts.add(cpuPart(40, [pool, handle, again, frame('(native)')], ['handle', 'handle', 'handle', 'emit']));
  t.deepEqual(summarise(cuts.cuts()[0]!.tree, locations).owners, [
    {owner: 'the scenario', ownerKind: 'scenario', self: 15, total: 20},
    {owner: 'undici', ownerKind: 'package', self: 5, total: 20},
  ]);
});
