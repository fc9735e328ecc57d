// What the subject leaves in its trial's folder while it runs: raw profiles, a file each, so that they survive the
// process. In V8's own format, that of the inspector's protocol; lines and columns count from 0.

export type CallFrame = {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
};

export type V8CpuProfile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** µs on a clock of V8's own. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
};

export type V8HeapNode = {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly V8HeapNode[];
};

export type V8HeapProfile = {
  readonly head: V8HeapNode;
  readonly samples?: readonly {readonly size: number; readonly nodeId: number; readonly ordinal: number}[];
};

/** Buffers that were allocated at one place, as estimated from samples; the innermost frame first. */
export type BufferStack = {
  readonly frames: readonly CallFrame[];
  readonly liveBytes: number;
  /** Since the process began. */
  readonly allocatedBytes: number;
  readonly sampleCount: number;
};

export type CpuPart = {readonly kind: 'cpu'; readonly endMs: number; readonly profile: V8CpuProfile};

export type MemoryPart = {
  readonly kind: 'memory';
  /** Index in the plan; null before the load and after it. */
  readonly phase: number | null;
  readonly atMs: number;
  /** Null where it was not read this time: reading it costs a full garbage collection. */
  readonly heap: V8HeapProfile | null;
  readonly buffers: readonly BufferStack[];
};

export type ProfilePart = CpuPart | MemoryPart;
