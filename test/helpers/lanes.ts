// Lets so many take their turn at once; the others wait, first come, first served.
export class Lanes {
  #freeCount: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#freeCount = count;
  }

  async take<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#freeCount > 0) this.#freeCount--;
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#freeCount++;
    }
  }
}
