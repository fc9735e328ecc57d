// A driver's accounts: what was offered, started and dropped, and how each operation ended.
import type {OperationExample} from '../model/driver-witness.ts';
import type {SubjectEvent} from '../model/event.ts';
import {type OutcomeStatus, outcomeCode} from '../model/outcome.ts';
import {Bins} from './bins.ts';
import {Failures} from './failures.ts';
import type {LiveOperation} from './live-operations.ts';
import {OperationBytes} from './operation-bytes.ts';
import {PhaseCounters} from './phase-counters.ts';
import type {Settlement} from './settlement.ts';
import {Slowest} from './slowest.ts';

export type AccountingOptions = {
  readonly idOf: (index: number) => string;
  /** From here on a settled operation counts as late. */
  readonly overrunAfterMs: number;
};

export class Accounting {
  readonly #options: AccountingOptions;
  readonly #phases: PhaseCounters[] = [];
  readonly #bins = new Bins();
  readonly #bytes = new OperationBytes();
  readonly #failures = new Failures();
  readonly #slowest = new Slowest();

  constructor(options: AccountingOptions) {
    this.#options = options;
  }

  offer(phase: number): void {
    this.#phase(phase).offer();
  }

  drop(intendedMs: number, phase: number): void {
    this.#phase(phase).drop();
    this.#bins.drop(intendedMs, phase);
  }

  start({index, intendedMs, startedMs, phase}: LiveOperation): void {
    this.#phase(phase).start(startedMs - intendedMs);
    this.#bins.start(intendedMs, phase);
    this.#bytes.set(index, 0, phase);
  }

  /** An operation in flight becomes one of another phase. */
  move(operation: LiveOperation, phase: number): void {
    this.#phase(operation.phase).reassign(this.#phase(phase));
    operation.phase = phase;
    operation.moved = true;
    this.#bytes.set(operation.index, 0, phase);
  }

  hang(operation: LiveOperation, ageMs: number): void {
    const code = outcomeCode('hung');
    this.#phase(operation.phase).hang(operation.moved);
    this.#bins.settle(operation.intendedMs, code, null);
    this.#bytes.set(operation.index, code, operation.phase);
    this.#noteSlow(operation, ageMs, 'hung');
  }

  /** Time of a phase has passed, with so many operations under way. */
  elapse(phase: number, inFlight: number, durationMs: number): void {
    this.#phase(phase).elapse(inFlight, durationMs);
  }

  /** @param during the phase that lasts while it settles; null when the load is over */
  settle(operation: LiveOperation, settlement: Settlement, nowMs: number, during: number | null): void {
    // A start that was a little early is not a wait.
    const responseMs = nowMs - Math.min(operation.intendedMs, operation.startedMs);
    const serviceMs = nowMs - operation.startedMs;
    const counters = this.#phase(operation.phase);
    if (settlement.status === 'ok' && during !== null) this.#bins.answer(nowMs, during);
    if (operation.hung) {
      counters.settleAfterHung(responseMs, serviceMs);
      this.#noteSlow(operation, responseMs, 'hung');
      if (settlement.status !== 'ok') this.#fail('hung', settlement.error, operation, responseMs);
      return;
    }
    const code = outcomeCode(settlement.status);
    counters.settle(code, responseMs, serviceMs, this.#options.overrunAfterMs);
    this.#bins.settle(operation.intendedMs, code, responseMs);
    this.#bytes.set(operation.index, code, operation.phase, serviceMs);
    if (settlement.status !== 'ok') this.#fail(settlement.status, settlement.error, operation, responseMs);
    this.#noteSlow(operation, responseMs, settlement.status);
    if (settlement.status === 'ok') counters.noteAnswer(settlement, responseMs);
    if (settlement.status === 'ok' && during !== null) this.#phase(during).answerWithin();
    if (settlement.status === 'wrong' || (settlement.status === 'ok' && settlement.echoed)) counters.echo();
  }

  /** What has changed since the last call; the timeline as far as all starts up to `startedUpToMs` have been made. */
  collect(startedUpToMs: number): SubjectEvent[] {
    const events: (SubjectEvent | null)[] = [
      ...this.#bytes.collect(),
      this.#failures.collect(),
      this.#slowest.collect(),
    ];
    const bins = this.#bins.collect(startedUpToMs);
    if (bins.length > 0) events.push({kind: 'bins', bins});
    const dirty = this.#phases.filter(counters => counters?.dirty);
    if (dirty.length > 0) events.push({kind: 'phases', phases: dirty.map(counters => counters.figures())});
    for (const counters of dirty) counters.dirty = false;
    return events.filter(event => event !== null);
  }

  #fail(status: OutcomeStatus, error: unknown, operation: LiveOperation, durationMs: number): void {
    this.#failures.add(status, error, this.#example(operation, durationMs, status));
  }

  /** Asked first, so that no object is made for most operations. */
  #noteSlow(operation: LiveOperation, durationMs: number, status: OutcomeStatus): void {
    if (!this.#slowest.wants(operation.phase, durationMs)) return;
    this.#slowest.add(this.#example(operation, durationMs, status));
  }

  #example(operation: LiveOperation, durationMs: number, status: OutcomeStatus): OperationExample {
    const {index, phase, intendedMs: startMs, startedMs} = operation;
    return {id: this.#options.idOf(index), index, phase, startMs, startedMs, durationMs, status};
  }

  #phase(phase: number): PhaseCounters {
    let counters = this.#phases[phase];
    if (!counters) {
      counters = new PhaseCounters(phase);
      this.#phases[phase] = counters;
    }
    return counters;
  }
}
