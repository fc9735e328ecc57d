// Two bytes per operation, outcome and phase, told in the ranges that changed.
import type {SubjectEvent} from '../model/event.ts';
import type {OutcomeCode} from '../model/outcome.ts';

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

export class OperationBytes {
  #outcomes = new Uint8Array(4096);
  #phases = new Uint8Array(4096);
  #dirtyFrom = Number.POSITIVE_INFINITY;
  #dirtyTo = 0;

  set(index: number, outcome: OutcomeCode, phase: number): void {
    if (index >= this.#outcomes.length) this.#grow(index + 1);
    this.#outcomes[index] = outcome;
    this.#phases[index] = phase;
    this.#dirtyFrom = Math.min(this.#dirtyFrom, index);
    this.#dirtyTo = Math.max(this.#dirtyTo, index + 1);
  }

  collect(): SubjectEvent | null {
    if (this.#dirtyTo === 0) return null;
    const from = this.#dirtyFrom;
    const event: SubjectEvent = {
      kind: 'operations',
      fromIndex: from,
      outcomes: base64(this.#outcomes.subarray(from, this.#dirtyTo)),
      phases: base64(this.#phases.subarray(from, this.#dirtyTo)),
    };
    this.#dirtyFrom = Number.POSITIVE_INFINITY;
    this.#dirtyTo = 0;
    return event;
  }

  #grow(least: number): void {
    const size = Math.max(least, this.#outcomes.length * 2);
    const outcomes = new Uint8Array(size);
    const phases = new Uint8Array(size);
    outcomes.set(this.#outcomes);
    phases.set(this.#phases);
    this.#outcomes = outcomes;
    this.#phases = phases;
  }
}
