// Collects what the driver reported: figures are reported again as they grow, and the last report counts.
import type {
  Bin,
  Drained,
  FailureClass,
  OperationExample,
  PhaseFigures,
} from '../../../model/driver-witness.ts';
import type {TrialEvent} from '../../../model/event.ts';
import type {DriverObservation} from '../../../model/trial.ts';
import {bytesOf, GrowingBytes} from './growing-bytes.ts';

export class DriverFold {
  readonly #bins = new Map<number, Bin>();
  readonly #phases = new Map<number, PhaseFigures>();
  readonly #outcomes = new GrowingBytes();
  readonly #operationPhases = new GrowingBytes();
  readonly #operationDurations = new GrowingBytes();
  #failures: readonly FailureClass[] = [];
  #uncountedFailures = 0;
  #slowest: readonly OperationExample[] = [];
  #drained: Drained | null = null;

  add(event: TrialEvent): void {
    switch (event.kind) {
      case 'bins':
        for (const bin of event.bins) this.#bins.set(bin.index, bin);
        break;
      case 'phases':
        for (const figures of event.phases) this.#phases.set(figures.phase, figures);
        break;
      case 'failures':
        this.#failures = event.failures;
        this.#uncountedFailures = event.uncounted;
        break;
      case 'slowest':
        this.#slowest = event.operations;
        break;
      case 'operations':
        this.#outcomes.write(event.fromIndex, bytesOf(event.outcomes));
        this.#operationPhases.write(event.fromIndex, bytesOf(event.phases));
        this.#operationDurations.write(event.fromIndex, bytesOf(event.durations ?? ''));
        break;
      case 'drained': {
        const {kind: _, ...drained} = event;
        this.#drained = drained;
        break;
      }
    }
  }

  observation(): DriverObservation {
    return {
      phases: [...this.#phases.values()].sort((a, b) => a.phase - b.phase),
      bins: [...this.#bins.values()].sort((a, b) => a.index - b.index),
      failures: this.#failures,
      uncountedFailures: this.#uncountedFailures,
      slowest: this.#slowest,
      outcomes: this.#outcomes.bytes(),
      operationPhases: this.#operationPhases.bytes(),
      operationDurations: this.#operationDurations.bytes(),
      drained: this.#drained,
    };
  }
}
