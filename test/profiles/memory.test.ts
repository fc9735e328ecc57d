// Memory as it was at the end of each phase, and what was allocated in it.
import test from 'ava';
import type {BufferStack, MemoryPart, V8HeapProfile} from '../../src/model/profile-part.ts';
import {MemoryCuts} from '../../src/profiles/memory.ts';
import type {CallNode} from '../../src/profiles/tree.ts';
import {frame, modules} from './frames.ts';

const spans = [
  {phase: 0, startMs: 0, endMs: 100},
  {phase: 1, startMs: 100, endMs: 200},
  {phase: null, startMs: 200, endMs: 300},
];

const stack = (functionName: string, liveBytes: number, allocatedBytes: number): BufferStack => ({
  frames: [
    frame('alloc', 'node:buffer'),
    frame(functionName, `${modules}/pool/index.js`, functionName.length),
  ],
  liveBytes,
  allocatedBytes,
  sampleCount: 1,
});

const heapOf = (selfSize: number): V8HeapProfile => ({
  head: {
    callFrame: frame('(root)'),
    selfSize: 0,
    id: 1,
    children: [{callFrame: frame('keep', `${modules}/pool/index.js`), selfSize, id: 2, children: []}],
  },
  samples: [{size: selfSize, nodeId: 2, ordinal: 1}],
});

const part = (atMs: number, phase: number | null, more: Partial<MemoryPart>): MemoryPart => ({
  kind: 'memory',
  phase,
  atMs,
  heap: null,
  buffers: [],
  ...more,
});

const bytesIn = (tree: CallNode): number => [...tree.all()].reduce((sum, {self}) => sum + self, 0);

test('of a phase the last reading counts, and allocations since the one before it', t => {
  const cuts = new MemoryCuts(spans);
  cuts.add(part(0, null, {heap: heapOf(1), buffers: [stack('grow', 10, 10)]}));
  cuts.add(part(50, 0, {heap: heapOf(2), buffers: [stack('grow', 20, 40)]}));
  cuts.add(part(99, 0, {buffers: [stack('grow', 30, 100)]}));
  cuts.add(part(150, 1, {heap: heapOf(5), buffers: [stack('grow', 0, 110), stack('other', 7, 8)]}));
  cuts.add(part(250, null, {heap: heapOf(6), buffers: []}));
  const [calm, slow, drain] = cuts.cuts();
  t.deepEqual(
    [calm!, slow!, drain!].map(({span, heap, buffers}) => [
      span.phase,
      heap && [heap.atMs, bytesIn(heap.tree)],
      bytesIn(buffers.live),
      bytesIn(buffers.allocated),
    ]),
    [
      [0, [50, 2], 30, 90],
      [1, [150, 5], 7, 18],
      [null, [250, 6], 0, 0],
    ],
  );
});

test('what was read before the first phase is not what came after the load', t => {
  const cuts = new MemoryCuts(spans);
  cuts.add(part(0, null, {heap: heapOf(1)}));
  t.deepEqual(cuts.cuts(), []);
});

test('a stack stands below its callers', t => {
  const cuts = new MemoryCuts(spans);
  cuts.add(part(50, 0, {buffers: [stack('grow', 20, 40)]}));
  const {live} = cuts.cuts()[0]!.buffers;
  t.is(live.children[0]!.frame.functionName, 'grow');
  t.is(live.children[0]!.children[0]!.frame.functionName, 'alloc');
  t.is(live.children[0]!.children[0]!.self, 20);
});
