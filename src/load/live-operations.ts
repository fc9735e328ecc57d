// The operations in flight, in order of their start. A linked list, since it changes twice per operation: it needs no
// hashing and no memory of its own, and can be walked from the oldest on.

export type LiveOperation = {
  readonly index: number;
  readonly intendedMs: number;
  readonly startedMs: number;
  phase: number;
  /** It was under way before its phase began. */
  moved: boolean;
  /** It was still in flight when it counted as hung. */
  hung: boolean;
  /** Neighbours in the list. */
  live: boolean;
  older: LiveOperation | null;
  younger: LiveOperation | null;
};

export class LiveOperations {
  #size = 0;
  #oldest: LiveOperation | null = null;
  #youngest: LiveOperation | null = null;

  get size(): number {
    return this.#size;
  }

  add(index: number, intendedMs: number, startedMs: number, phase: number): LiveOperation {
    const older = this.#youngest;
    const operation = {
      index,
      intendedMs,
      startedMs,
      phase,
      moved: false,
      hung: false,
      live: true,
      older,
      younger: null,
    };
    if (older) older.younger = operation;
    else this.#oldest = operation;
    this.#youngest = operation;
    this.#size++;
    return operation;
  }

  /** False where it was not in flight any more. */
  remove(operation: LiveOperation): boolean {
    if (!operation.live) return false;
    const {older, younger} = operation;
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
    operation.live = false;
    operation.older = null;
    operation.younger = null;
    this.#size--;
    return true;
  }

  /** Oldest first; none may be added or removed meanwhile. */
  *[Symbol.iterator](): Generator<LiveOperation> {
    for (let operation = this.#oldest; operation; operation = operation.younger) yield operation;
  }

  clear(): void {
    for (const operation of [...this]) this.remove(operation);
  }
}
