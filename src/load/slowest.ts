// The slowest operations of each phase, as examples to look at.
import type {OperationExample} from '../model/driver-witness.ts';
import type {SubjectEvent} from '../model/event.ts';

const keptPerPhase = 5;

export class Slowest {
  readonly #phases = new Map<number, OperationExample[]>();
  #dirty = false;

  /** Whether an operation of this duration would be kept: asked first, so that the hot path makes no object. */
  wants(phase: number, durationMs: number): boolean {
    const kept = this.#phases.get(phase);
    return !kept || kept.length < keptPerPhase || durationMs > kept[kept.length - 1]!.durationMs;
  }

  add(example: OperationExample): void {
    // A hung operation is recorded when it is found hung, and again with its real duration if it settles.
    const kept = (this.#phases.get(example.phase) ?? []).filter(({index}) => index !== example.index);
    kept.push(example);
    kept.sort((a, b) => b.durationMs - a.durationMs);
    kept.length = Math.min(kept.length, keptPerPhase);
    this.#phases.set(example.phase, kept);
    this.#dirty = true;
  }

  collect(): SubjectEvent | null {
    if (!this.#dirty) return null;
    this.#dirty = false;
    return {kind: 'slowest', operations: [...this.#phases.values()].flat()};
  }
}
