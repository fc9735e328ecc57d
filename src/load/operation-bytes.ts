// Three bytes per operation: outcome, phase and duration. They are reported and then forgotten, so that a long load
// needs no more memory than a short one.
import {durationCode} from '../model/duration-code.ts';
import type {SubjectEvent} from '../model/event.ts';
import type {OutcomeCode} from '../model/outcome.ts';
import {BytePages, pageSize} from './byte-pages.ts';

export class OperationBytes {
  readonly #pages = new BytePages(3);
  /** How many operations of each page have got their outcome, by the page's number. */
  readonly #settled: number[] = [];
  /** Pages with nothing left to change. */
  #complete: number[] = [];

  /** Called at most once per operation with an outcome, and not again after that; 0 is none yet. */
  set(index: number, outcome: OutcomeCode, phase: number, durationMs?: number): void {
    this.#pages.set(index, outcome, phase, durationMs === undefined ? 0 : durationCode(durationMs));
    if (outcome === 0) return;
    const page = Math.floor(index / pageSize);
    const settled = (this.#settled[page] ?? 0) + 1;
    this.#settled[page] = settled;
    if (settled === pageSize) this.#complete.push(page);
  }

  collect(): SubjectEvent[] {
    const events = this.#pages.collect().map(
      ({fromIndex, bytes: [outcomes = '', phases = '', durations = '']}): SubjectEvent => ({
        kind: 'operations',
        fromIndex,
        outcomes,
        phases,
        durations,
      }),
    );
    for (const page of this.#complete) this.#pages.release(page);
    this.#complete = [];
    return events;
  }
}
