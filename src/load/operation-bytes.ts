// Two bytes per operation: outcome and phase.
import type {SubjectEvent} from '../model/event.ts';
import type {OutcomeCode} from '../model/outcome.ts';
import {BytePages} from './byte-pages.ts';

export class OperationBytes {
  readonly #pages = new BytePages(2);

  set(index: number, outcome: OutcomeCode, phase: number): void {
    this.#pages.set(index, outcome, phase);
  }

  collect(): SubjectEvent[] {
    return this.#pages.collect().map(({fromIndex, bytes: [outcomes = '', phases = '']}) => ({
      kind: 'operations',
      fromIndex,
      outcomes,
      phases,
    }));
  }
}
