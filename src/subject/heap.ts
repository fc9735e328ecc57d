// How much memory the library's side of the process holds after a full garbage collection.
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {ownMemory} from '../load/own-memory.ts';

/** V8 exposes its collector only by a flag, which may be set while it runs. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

let collect: (() => void) | null = null;

export type HeapSize = {readonly heapUsedBytes: number; readonly externalBytes: number};

/**
 * Where V8 keeps machine code, bytecode, and what belongs to them. It compiles what becomes hot and forgets what was not used
 * for a while: a megabyte in a storm, whatever a library keeps.
 */
const isOfCode = (space: string): boolean => /code|trusted/.test(space);

/**
 * Collects all garbage first, which stops the process for a while: call it at the edge of a phase only. Twice, since
 * V8 frees the memory of dead buffers on another thread after a collection, and waits for that only when the next one
 * begins. Compiled code is not included, and neither is what the harness itself keeps outside of the heap.
 */
export const heapAfterCollection = (): HeapSize => {
  collect ??= collector();
  collect();
  collect();
  const heapUsedBytes = getHeapSpaceStatistics()
    .filter(({space_name: space}) => !isOfCode(space))
    .reduce((sum, {space_used_size: usedBytes}) => sum + usedBytes, 0);
  return {heapUsedBytes, externalBytes: process.memoryUsage().external - ownMemory.bytes};
};
