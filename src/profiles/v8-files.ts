// Profiles as Chrome's DevTools and VS Code open them: .cpuprofile and .heapprofile.
import type {CallFrame, V8CpuProfile, V8HeapNode, V8HeapProfile} from '../model/profile-part.ts';
import type {CpuCut} from './cpu.ts';
import type {CallNode} from './tree.ts';

type CpuFileNode = {id: number; callFrame: CallFrame; hitCount: number; children: number[]};

/** Times in the file are µs of the trial's clock. */
export const cpuProfileFile = ({tree, samples, span: {startMs, endMs}}: CpuCut): string => {
  const ids = new Map([...tree.all()].map((node, index) => [node, index + 1]));
  const nodes = [...ids].map(
    ([node, id]): CpuFileNode => ({
      id,
      callFrame: node.frame,
      hitCount: node.sampleCount,
      children: node.children.map(child => ids.get(child)!),
    }),
  );
  const toUs = (ms: number): number => Math.round(ms * 1000);
  let lastUs = toUs(startMs);
  const timeDeltas = samples.map(({atMs}) => {
    const deltaUs = toUs(atMs) - lastUs;
    lastUs += deltaUs;
    return deltaUs;
  });
  const profile: V8CpuProfile = {
    nodes,
    startTime: toUs(startMs),
    endTime: toUs(endMs),
    samples: samples.map(({node}) => ids.get(node)!),
    timeDeltas,
  };
  return `${JSON.stringify(profile)}\n`;
};

export const heapProfileFile = (tree: CallNode): string => {
  let lastId = 0;
  const samples: {size: number; nodeId: number; ordinal: number}[] = [];
  const convert = (node: CallNode): V8HeapNode => {
    const id = ++lastId;
    if (node.self > 0) samples.push({size: node.self, nodeId: id, ordinal: samples.length + 1});
    return {callFrame: node.frame, selfSize: Math.round(node.self), id, children: node.children.map(convert)};
  };
  const head = convert(tree);
  const profile: V8HeapProfile = {head, samples};
  return `${JSON.stringify(profile)}\n`;
};
