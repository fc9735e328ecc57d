// Live objects and Buffers as trees of calls, in bytes, as they were at the end of each phase.
import type {BufferStack, MemoryPart, V8HeapNode, V8HeapProfile} from '../model/profile-part.ts';
import type {Span} from './span.ts';
import {type CallNode, newTree} from './tree.ts';

export type MemoryCut = {
  readonly span: Span;
  /** The last reading within the span; null where there was none. */
  readonly heap: {readonly atMs: number; readonly tree: CallNode} | null;
  readonly buffers: {readonly atMs: number; readonly live: CallNode; readonly allocated: CallNode};
};

type Growing = {
  readonly span: Span;
  /** As they were before the first reading of the span. */
  readonly before: readonly BufferStack[];
  last: MemoryPart;
  heap: {readonly atMs: number; readonly profile: V8HeapProfile} | null;
};

export class MemoryCuts {
  readonly #spans: readonly Span[];
  readonly #cuts: Growing[] = [];
  #previous: readonly BufferStack[] = [];
  /** The time before the first phase is null, too; but it is not the time after the load. */
  #loaded = false;

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** In the order in which they were taken. */
  add(part: MemoryPart): void {
    this.#loaded ||= part.phase !== null;
    const span = this.#loaded ? this.#spans.find(({phase}) => phase === part.phase) : undefined;
    if (span) {
      const cut = this.#cutOf(span, part);
      cut.last = part;
      if (part.heap) cut.heap = {atMs: part.atMs, profile: part.heap};
    }
    this.#previous = part.buffers;
  }

  cuts(): MemoryCut[] {
    return this.#cuts.map(({span, before, last, heap}) => ({
      span,
      heap: heap && {atMs: heap.atMs, tree: heapTree(heap.profile)},
      buffers: {
        atMs: last.atMs,
        live: bufferTree(last.buffers, ({liveBytes}) => liveBytes),
        allocated: bufferTree(allocatedSince(before, last.buffers), ({allocatedBytes}) => allocatedBytes),
      },
    }));
  }

  #cutOf(span: Span, first: MemoryPart): Growing {
    const known = this.#cuts.find(candidate => candidate.span === span);
    if (known) return known;
    const cut: Growing = {span, before: this.#previous, last: first, heap: null};
    this.#cuts.push(cut);
    return cut;
  }
}

const heapTree = ({head, samples = []}: V8HeapProfile): CallNode => {
  const counts = new Map<number, number>();
  for (const {nodeId} of samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  const root = newTree();
  const walk = (from: V8HeapNode, to: CallNode): void => {
    to.add(from.selfSize, counts.get(from.id) ?? 0);
    for (const child of from.children) walk(child, to.child(child.callFrame));
  };
  walk(head, root);
  return root;
};

const bufferTree = (stacks: readonly BufferStack[], bytesOf: (stack: BufferStack) => number): CallNode => {
  const root = newTree();
  for (const stack of stacks) {
    const bytes = bytesOf(stack);
    if (bytes <= 0) continue;
    let node = root;
    for (const frame of stack.frames.toReversed()) node = node.child(frame);
    node.add(bytes, stack.sampleCount);
  }
  return root;
};

const keyOf = ({frames}: BufferStack): string =>
  frames.map(({scriptId, lineNumber, columnNumber}) => `${scriptId}:${lineNumber}:${columnNumber}`).join();

/** Counts of allocation run since the process began. */
const allocatedSince = (before: readonly BufferStack[], after: readonly BufferStack[]): BufferStack[] => {
  const known = new Map(before.map(stack => [keyOf(stack), stack]));
  return after.map(stack => {
    const earlier = known.get(keyOf(stack));
    return {
      ...stack,
      allocatedBytes: stack.allocatedBytes - (earlier?.allocatedBytes ?? 0),
      sampleCount: stack.sampleCount - (earlier?.sampleCount ?? 0),
    };
  });
};
