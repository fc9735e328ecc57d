// Which phase a time belongs to.

type Edge = {readonly phase: number; readonly atMs: number};

export class PhaseEdges {
  readonly #edges: Edge[] = [];

  /** From `atMs` on, what starts belongs to `phase`. Edges may come late and out of order. */
  add(phase: number, atMs: number): void {
    this.#edges.push({phase, atMs});
    this.#edges.sort((left, right) => left.atMs - right.atMs);
  }

  /** What came before the first edge (the library's start-up) counts with the first phase. */
  phaseAt(atMs: number): number {
    const edge = this.#edges.findLast(candidate => candidate.atMs <= atMs);
    return (edge ?? this.#edges[0])?.phase ?? 0;
  }
}
