// Bytes by index, as events report them: they grow as they are written.

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** Doubling would waste half of a large array. */
const growAtMostBytes = 4 * 1024 * 1024;

export class GrowingBytes {
  #bytes = new Uint8Array(4096);
  #length = 0;

  write(from: number, bytes: Uint8Array): void {
    const end = from + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(
        Math.max(end, this.#bytes.length + Math.min(this.#bytes.length, growAtMostBytes)),
      );
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, from);
    this.#length = Math.max(this.#length, end);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
