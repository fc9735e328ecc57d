// What the harness keeps outside of V8's heap in the process of the library: histograms, and bytes by operation. These are
// typed arrays, so their size is known to the byte, and what `process.memoryUsage()` reports can be cleared of them.

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
