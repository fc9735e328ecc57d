// Failures by class: all of them are counted, only the first few of each are kept in detail.
import type {FailureClass, OperationExample} from '../model/driver-witness.ts';
import type {SubjectEvent} from '../model/event.ts';
import type {OutcomeStatus} from '../model/outcome.ts';
import {errorCode, errorFacts, errorMessage, errorName} from './error-facts.ts';

const classesKept = 100;
const examplesKept = 5;

type Mutable = Omit<FailureClass, 'count' | 'countByPhase' | 'examples'> & {
  count: number;
  countByPhase: Record<number, number>;
  examples: OperationExample[];
};

/** Numbers and ids differ between errors of one kind; the shape of the message does not. */
const shapeOf = (message: string): string => message.replace(/[0-9a-f]{8,}|\d+/gi, '#').slice(0, 120);

export class Failures {
  readonly #classes = new Map<string, Mutable>();
  #uncounted = 0;
  #dirty = false;

  add(status: OutcomeStatus, error: unknown, example: OperationExample): void {
    this.#dirty = true;
    const key = [status, errorName(error), errorCode(error) ?? '', shapeOf(errorMessage(error))].join('|');
    let known = this.#classes.get(key);
    if (!known) {
      if (this.#classes.size >= classesKept) {
        this.#uncounted++;
        return;
      }
      known = {key, status, error: errorFacts(error), count: 0, countByPhase: {}, examples: []};
      this.#classes.set(key, known);
    }
    known.count++;
    known.countByPhase[example.phase] = (known.countByPhase[example.phase] ?? 0) + 1;
    if (known.examples.length < examplesKept) known.examples.push(example);
  }

  collect(): SubjectEvent | null {
    if (!this.#dirty) return null;
    this.#dirty = false;
    return {kind: 'failures', failures: [...this.#classes.values()], uncounted: this.#uncounted};
  }
}
