// A profile of any kind as a tree of calls: what each frame used by itself, below the frames that called it.
import type {CallFrame} from '../model/profile-part.ts';

export class CallNode {
  readonly frame: CallFrame;
  readonly parent: CallNode | null;
  readonly #children = new Map<string, CallNode>();
  /** In the profile's unit. */
  self = 0;
  sampleCount = 0;

  constructor(frame: CallFrame, parent: CallNode | null) {
    this.frame = frame;
    this.parent = parent;
  }

  get children(): readonly CallNode[] {
    return [...this.#children.values()];
  }

  /** The same function called from here is the same node. */
  child(frame: CallFrame): CallNode {
    const {functionName, scriptId, url, lineNumber, columnNumber} = frame;
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}:${url}`;
    let node = this.#children.get(key);
    if (!node) {
      node = new CallNode({functionName, scriptId, url, lineNumber, columnNumber}, this);
      this.#children.set(key, node);
    }
    return node;
  }

  add(self: number, sampleCount: number): void {
    this.self += self;
    this.sampleCount += sampleCount;
  }

  /** From this frame to its callers, without the root. */
  *stack(): Generator<CallNode> {
    for (let node: CallNode = this; node.parent !== null; node = node.parent) yield node;
  }

  /** This node and all below. */
  *all(): Generator<CallNode> {
    yield this;
    for (const child of this.#children.values()) yield* child.all();
  }
}

export const newTree = (): CallNode =>
  new CallNode({functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1}, null);
