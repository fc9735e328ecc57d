// What the sender and the receiver's process know of the trial.

export const tracePrefix = '00000000000000a1';
export const originEpochMs = 1_700_000_000_000;

export type Received = {
  readonly spanCount: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
};
