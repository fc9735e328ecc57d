// How large the heap is when all garbage is gone.
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** V8 gives its collector away only by a flag, which may be set while it runs. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

let collect: (() => void) | null = null;

export type HeapSize = {readonly heapUsedBytes: number; readonly externalBytes: number};

/**
 * Collects all garbage first, which stops the process for a while: call it at the edge of a phase only. Twice, since V8 frees
 * the memory of dead buffers on another thread after a collection, and waits for that only when the next one begins.
 */
export const heapAfterCollection = (): HeapSize => {
  collect ??= collector();
  collect();
  collect();
  const {heapUsed, external} = process.memoryUsage();
  return {heapUsedBytes: heapUsed, externalBytes: external};
};
