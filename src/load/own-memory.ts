// What the harness keeps outside of V8's heap in the library's process: histograms, and bytes by operation. These are
// typed arrays, so their size is known to the byte, and can be subtracted from what `process.memoryUsage()` reports.

let heldBytes = 0;

/** Of this process, as its memory usage is. */
export const ownMemory = {
  get bytes(): number {
    return heldBytes;
  },
  take(bytes: number): void {
    heldBytes += bytes;
  },
  release(bytes: number): void {
    heldBytes -= bytes;
  },
};
