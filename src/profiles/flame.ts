// A profile's tree of calls, cut back to what is wide enough to be seen.
import type {FlameFrame} from '../model/profile.ts';
import {type CodeLocations, describeFrame} from './owner.ts';
import type {CallNode} from './tree.ts';

/** A frame with less than this of the whole would be four pixels wide. */
const leastShare = 0.005;
const deepest = 48;
const framesKept = 200;

type Weighed = {readonly node: CallNode; readonly total: number; readonly children: readonly Weighed[]};

/** Idle time is not drawn: it would leave little room for the rest. */
const weigh = (node: CallNode): Weighed => {
  const children = node.children
    .filter(({frame}) => !(frame.url === '' && frame.functionName === '(idle)'))
    .map(weigh);
  return {node, children, total: children.reduce((sum, {total}) => sum + total, node.self)};
};

/** The heaviest frames in depth-first order, callers before what they called; empty where nothing ran. */
export const flameOf = (tree: CallNode, locations: CodeLocations): FlameFrame[] => {
  const root = weigh(tree);
  if (root.total <= 0) return [];
  const wide: {weighed: Weighed; depth: number}[] = [];
  const walk = ({children}: Weighed, depth: number): void => {
    for (const child of children.toSorted((a, b) => b.total - a.total)) {
      if (child.total < root.total * leastShare) continue;
      wide.push({weighed: child, depth});
      if (depth < deepest) walk(child, depth + 1);
    }
  };
  walk(root, 0);
  // No frame is lighter than one that it called, so that the heaviest ones are connected.
  const kept = new Set(
    wide
      .toSorted((a, b) => b.weighed.total - a.weighed.total || a.depth - b.depth)
      .slice(0, framesKept)
      .map(({weighed}) => weighed),
  );
  return wide
    .filter(({weighed}) => kept.has(weighed))
    .map(({weighed: {node, total}, depth}) => ({
      ...describeFrame(node.frame, locations),
      depth,
      total: Number(total.toPrecision(4)),
    }));
};
