// From the start of the first to the end of the last span of each operation: eight bytes an operation.

/** Times are kept in hundredths of a millisecond, which is enough for eleven hours; 0 is none yet. */
const unitsPerMs = 100;
const latest = 2 ** 32 - 1;

const unitsOf = (ms: number): number => Math.min(latest, Math.max(1, Math.round(ms * unitsPerMs)));

export class SpanExtents {
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #length = 0;

  /** Times in ms since the trial's origin. */
  add(index: number, startMs: number, endMs: number): void {
    if (index >= this.#starts.length) this.#grow(index + 1);
    if (index >= this.#length) this.#length = index + 1;
    const [start, end] = [this.#starts[index]!, this.#ends[index]!];
    const [startUnits, endUnits] = [unitsOf(startMs), unitsOf(endMs)];
    if (start === 0 || startUnits < start) this.#starts[index] = startUnits;
    if (endUnits > end) this.#ends[index] = endUnits;
  }

  /** A byte an operation, made of its duration in ms; 0 for one without a span. */
  toBase64(codeOf: (durationMs: number) => number): string {
    const codes = Buffer.alloc(this.#length);
    for (let index = 0; index < this.#length; index++) {
      const start = this.#starts[index]!;
      if (start !== 0) codes[index] = codeOf(Math.max(0, this.#ends[index]! - start) / unitsPerMs);
    }
    return codes.toString('base64');
  }

  #grow(length: number): void {
    const size = Math.max(length, this.#starts.length * 2);
    const [starts, ends] = [new Uint32Array(size), new Uint32Array(size)];
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.#starts = starts;
    this.#ends = ends;
  }
}
