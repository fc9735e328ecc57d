// Puts a driver's events together, as the parent does, and holds its books against each other.
import type {ExecutionContext} from 'ava';
import type {Bin, FailureClass, OperationExample, PhaseFigures} from '../../src/model/driver-witness.ts';
import type {SubjectEvent} from '../../src/model/event.ts';
import {type OutcomeStatus, outcomeStatuses} from '../../src/model/outcome.ts';

export type BookedOperation = {readonly status: OutcomeStatus | 'in-flight'; readonly phase: number};

export type Booked = {
  /** By number of the phase; a phase that was not reached has none. */
  readonly phases: readonly PhaseFigures[];
  readonly bins: readonly Bin[];
  readonly failures: readonly FailureClass[];
  readonly uncounted: number;
  readonly slowest: readonly OperationExample[];
  readonly operations: readonly BookedOperation[];
};

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

export class DriverFold {
  readonly #phases: PhaseFigures[] = [];
  readonly #bins = new Map<number, Bin>();
  readonly #operations: BookedOperation[] = [];
  #failures: readonly FailureClass[] = [];
  #uncounted = 0;
  #slowest: readonly OperationExample[] = [];

  add(told: SubjectEvent): void {
    // As it would come out of the pipe between the processes.
    const event = structuredClone(told);
    switch (event.kind) {
      case 'bins':
        for (const bin of event.bins) this.#bins.set(bin.index, bin);
        break;
      case 'phases':
        for (const figures of event.phases) this.#phases[figures.phase] = figures;
        break;
      case 'failures':
        this.#failures = event.failures;
        this.#uncounted = event.uncounted;
        break;
      case 'slowest':
        this.#slowest = event.operations;
        break;
      case 'operations': {
        const phases = bytesOf(event.phases);
        bytesOf(event.outcomes).forEach((code, offset) => {
          const status = outcomeStatuses[code]!;
          this.#operations[event.fromIndex + offset] = {status, phase: phases[offset]!};
        });
        break;
      }
    }
  }

  booked(): Booked {
    return {
      phases: [...this.#phases],
      bins: [...this.#bins.values()].sort((a, b) => a.index - b.index),
      failures: this.#failures,
      uncounted: this.#uncounted,
      slowest: this.#slowest,
      operations: [...this.#operations],
    };
  }
}

const statuses = outcomeStatuses.slice(1) as OutcomeStatus[];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Offered = started + dropped, started = all outcomes + in flight; and phases, bytes and bins say the same. */
export const sumsHold = (t: ExecutionContext, {phases, bins, operations}: Booked): void => {
  for (const figures of phases.filter(known => known !== undefined)) {
    const own = operations.filter(operation => operation.phase === figures.phase);
    const inFlight = own.filter(operation => operation.status === 'in-flight').length;
    t.is(figures.offered, figures.started + figures.dropped);
    t.is(figures.started, own.length);
    t.is(figures.started, sum(Object.values(figures.outcomes)) + inFlight);
    for (const status of statuses) {
      t.is(figures.outcomes[status], own.filter(operation => operation.status === status).length, status);
    }
  }
  const total = (key: 'started' | 'dropped'): number => sum(phases.map(figures => figures?.[key] ?? 0));
  t.is(sum(bins.map(bin => bin.started)), total('started'), 'started in bins');
  t.is(sum(bins.map(bin => bin.dropped)), total('dropped'), 'dropped in bins');
  for (const status of statuses) {
    const inPhases = sum(phases.map(figures => figures?.outcomes[status] ?? 0));
    t.is(sum(bins.map(bin => bin.outcomes[status])), inPhases, `${status} in bins`);
  }
};
