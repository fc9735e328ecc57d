// What the consumers here have in common: an operation is a message handled, whichever it was.

export class HandledMessages {
  readonly #waiting: (() => void)[] = [];
  #ahead = 0;

  /** Resolves when one more message has been handled. */
  next(): Promise<void> {
    if (this.#ahead > 0) {
      this.#ahead--;
      return Promise.resolve();
    }
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  handled(): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting();
    else this.#ahead++;
  }
}
