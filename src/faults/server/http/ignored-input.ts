// What a client sends while its connection hangs. If it is not read, the client feels its buffers fill up, as it
// should; but its going away is noticed only by reading. So a little is read and dropped now and then.

/** Less than the kernel's buffers take anyway. */
const budgetBytes = 256 * 1024;
const refillMs = 1000;

export class IgnoredInput {
  readonly #wake: () => void;
  #leftBytes = budgetBytes;
  #timer: NodeJS.Timeout | undefined;

  /** @param wake called when more may be read */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get isFull(): boolean {
    return this.#leftBytes <= 0;
  }

  drop(bytes: number): void {
    this.#leftBytes -= bytes;
    if (!this.isFull || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.kill();
      this.#leftBytes = budgetBytes;
      this.#wake();
    }, refillMs);
  }

  kill(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
