// Which phase a time belongs to.

type Edge = {readonly phase: number; readonly atMs: number; readonly hits: boolean};

export class PhaseEdges {
  readonly #edges: Edge[] = [];

  /**
   * From `atMs` on, what starts belongs to `phase`. Edges may come late and out of order.
   * @param hits whether it has faults, which hit what is under way when it begins
   */
  add(phase: number, atMs: number, hits = false): void {
    this.#edges.push({phase, atMs, hits});
    this.#edges.sort((left, right) => left.atMs - right.atMs);
  }

  /** What came before the first edge (the library's start-up) counts with the first phase. */
  phaseAt(atMs: number): number {
    return this.#edgeAt(atMs)?.phase ?? 0;
  }

  /**
   * For what failed: the phase whose faults may be the cause. Where it began in a calm phase, that is the first with
   * faults since.
   */
  phaseOfFailure(startMs: number, endMs: number): number {
    const begun = this.#edgeAt(startMs);
    if (begun?.hits) return begun.phase;
    const hit = this.#edges.find(({atMs, hits}) => hits && atMs > startMs && atMs <= endMs);
    return (hit ?? begun)?.phase ?? 0;
  }

  #edgeAt(atMs: number): Edge | undefined {
    return this.#edges.findLast(candidate => candidate.atMs <= atMs) ?? this.#edges[0];
  }
}
