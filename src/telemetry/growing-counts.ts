// A byte for each operation, growing with the highest index.

export class GrowingCounts {
  #bytes = new Uint8Array(4096);
  #length = 0;

  get(index: number): number {
    return this.#bytes[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index >= this.#bytes.length) this.#grow(index + 1);
    if (index >= this.#length) this.#length = index + 1;
    this.#bytes[index] = value;
  }

  /** 255 is 255 or more. */
  increment(index: number): void {
    this.set(index, Math.min(255, this.get(index) + 1));
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  /** Up to the last one that was set. */
  toBase64(): string {
    return Buffer.from(this.#bytes.subarray(0, this.#length)).toString('base64');
  }
}
