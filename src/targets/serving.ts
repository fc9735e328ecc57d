// How many attempts the target works on at once: the sum of their times, by bin.

export class Serving {
  readonly #binMs: number;
  #byBin: number[] = [];
  #count = 0;
  #sinceMs = 0;
  #isTold = false;

  constructor(binMs: number) {
    this.#binMs = binMs;
  }

  begin(atMs: number): void {
    this.#advance(atMs);
    this.#count++;
  }

  end(atMs: number): void {
    this.#isTold = true;
    if (this.#count === 0) return;
    this.#advance(atMs);
    this.#count--;
  }

  clear(): void {
    this.#byBin = [];
    this.#count = 0;
    this.#sinceMs = 0;
    this.#isTold = false;
  }

  /** Attempt-ms by bin up to now; null where the target never reports when it is done. */
  byBin(atMs: number): number[] | null {
    if (!this.#isTold) return null;
    this.#advance(atMs);
    return Array.from(this.#byBin, servingMs => Math.round(servingMs ?? 0));
  }

  #advance(atMs: number): void {
    while (this.#count > 0 && this.#sinceMs < atMs) {
      const bin = Math.floor(this.#sinceMs / this.#binMs);
      const untilMs = Math.min(atMs, (bin + 1) * this.#binMs);
      this.#byBin[bin] = (this.#byBin[bin] ?? 0) + this.#count * (untilMs - this.#sinceMs);
      this.#sinceMs = untilMs;
    }
    this.#sinceMs = Math.max(this.#sinceMs, atMs);
  }
}
