// How much the library's side of the process holds when all garbage is gone.
import {getHeapCodeStatistics, setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {ownMemory} from '../load/own-memory.ts';

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
 *
 * What the harness itself keeps is taken off, and so is compiled code: V8 compiles what becomes hot and forgets what was not
 * used for a while, half a megabyte in a storm, whatever a library keeps.
 */
export const heapAfterCollection = (): HeapSize => {
  collect ??= collector();
  collect();
  collect();
  const {heapUsed, external} = process.memoryUsage();
  const {code_and_metadata_size: codeBytes, bytecode_and_metadata_size: bytecodeBytes} =
    getHeapCodeStatistics();
  return {
    heapUsedBytes: heapUsed - codeBytes - bytecodeBytes,
    externalBytes: external - ownMemory.bytes,
  };
};
