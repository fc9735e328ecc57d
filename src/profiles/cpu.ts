// The parts of a trial's CPU profile, cut at the edges of its phases.
import type {CallFrame, CpuPart, V8CpuProfile} from '../model/profile-part.ts';
import type {Span} from './span.ts';
import {type CallNode, newTree} from './tree.ts';

export type CpuCut = {
  readonly span: Span;
  /** Times in ms. */
  readonly tree: CallNode;
  /** The first ones; the flame graph's tree has all of a long phase. */
  readonly samples: readonly CpuSample[];
};

export type CpuSample = {readonly atMs: number; readonly node: CallNode};

/** Longer than any sampling interval: V8 took no sample, and who used this time is not known. */
const gapMs = 50;

/** A limit, so that a viewer of profiles can still open the file: about 40 minutes. */
const samplesKept = 500_000;

type Node = V8CpuProfile['nodes'][number];

/** From the outermost frame to the innermost, by node id; without V8's root. */
const pathsOf = (profile: V8CpuProfile): ReadonlyMap<number, readonly CallFrame[]> => {
  const nodes = new Map(profile.nodes.map(node => [node.id, node]));
  const paths = new Map<number, readonly CallFrame[]>();
  const walk = (node: Node, path: readonly CallFrame[]): void => {
    paths.set(node.id, path);
    for (const id of node.children ?? []) {
      const child = nodes.get(id);
      if (child) walk(child, [...path, child.callFrame]);
    }
  };
  const [root] = profile.nodes;
  if (root) walk(root, []);
  return paths;
};

type Growing = {readonly span: Span; readonly tree: CallNode; readonly samples: CpuSample[]};

export class CpuCuts {
  readonly #cuts: readonly Growing[];

  constructor(spans: readonly Span[]) {
    this.#cuts = spans.map(span => ({span, tree: newTree(), samples: []}));
  }

  /** V8's clock is not the trial's, but both know when the part ended. A sample lasts until the next one. */
  add({profile, endMs}: CpuPart): void {
    const paths = pathsOf(profile);
    const {samples = [], timeDeltas = [], startTime, endTime} = profile;
    const offsetMs = endMs - endTime / 1000;
    let atUs = startTime;
    for (const [index, id] of samples.entries()) {
      atUs += timeDeltas[index] ?? 0;
      const nextUs = index + 1 < samples.length ? atUs + (timeDeltas[index + 1] ?? 0) : endTime;
      const durationMs = Math.min(Math.max(0, nextUs - atUs) / 1000, gapMs);
      this.#addSample(atUs / 1000 + offsetMs, durationMs, paths.get(id) ?? []);
    }
  }

  /** The spans of which there are samples. */
  cuts(): CpuCut[] {
    return this.#cuts.filter(({samples}) => samples.length > 0);
  }

  #addSample(atMs: number, durationMs: number, path: readonly CallFrame[]): void {
    const cut = this.#cuts.find(({span}) => atMs >= span.startMs && atMs < span.endMs);
    if (!cut) return;
    let node = cut.tree;
    for (const frame of path) node = node.child(frame);
    node.add(durationMs, 1);
    if (cut.samples.length < samplesKept) cut.samples.push({atMs, node});
  }
}
