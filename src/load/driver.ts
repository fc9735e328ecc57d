// Drives operations under a load, and books what becomes of each. Knows no library and no process.
import type {OperationExample, SubjectEvent} from '../model/event.ts';
import {type OutcomeStatus, outcomeCode} from '../model/outcome.ts';
import {
  hungAfterMs,
  type Load,
  loadOf,
  mayEndOperations,
  type OperationPlan,
  overrunAfterMs,
  type Phase,
} from '../model/plan.ts';
import {Bins} from './bins.ts';
import {Failures} from './failures.ts';
import {OperationBytes} from './operation-bytes.ts';
import {PhaseBook} from './phase-book.ts';
import {Slowest} from './slowest.ts';
import type {StartContext, Starts} from './start-context.ts';
import {beginStarts} from './starts.ts';

/** How an operation settled, with the error as it was thrown. */
export type Settlement =
  /** `echoed`: the answer said which operation it was for. */
  | {readonly status: 'ok'; readonly echoed?: true; readonly intact?: boolean; readonly empty?: boolean}
  | {readonly status: 'failed' | 'unknown' | 'rejected' | 'wrong'; readonly error: unknown};

export type DriverOptions = {
  readonly load: Load;
  readonly operation: OperationPlan;
  readonly phases: readonly Phase[];
  /** Does one operation; `deadlineAtMs` is on the clock of `now`. Must not reject. */
  readonly perform: (index: number, deadlineAtMs: number) => Promise<Settlement>;
  readonly idOf: (index: number) => string;
  /** Ms since the trial's origin, monotonic. */
  readonly now: () => number;
};

type LiveOperation = {
  readonly index: number;
  readonly intendedMs: number;
  readonly startedMs: number;
  phase: number;
  hung: boolean;
};

/** How often hung operations are looked for. */
const sweepEveryMs = 100;

export class Driver {
  readonly #options: DriverOptions;
  readonly #books: PhaseBook[] = [];
  readonly #bins = new Bins();
  readonly #bytes = new OperationBytes();
  readonly #failures = new Failures();
  readonly #slowest = new Slowest();
  /** In order of their start, so that the sweep can stop at the first that is young. */
  readonly #live = new Map<number, LiveOperation>();
  readonly #hungAfterMs: number;
  readonly #overrunAfterMs: number;
  readonly #context: StartContext;
  /** What the load is at the moment, and what starts operations by it; null while there is none. */
  #load: Load;
  #starts: Starts | null = null;
  #phase = 0;
  #nextIndex = 0;
  #sweepTimer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#hungAfterMs = hungAfterMs(options.operation);
    this.#overrunAfterMs = overrunAfterMs(options.operation);
    this.#load = loadOf(options.load, options.phases[0]);
    this.#context = {
      now: options.now,
      inFlight: () => this.#live.size,
      offer: () => this.#book(this.#phase).offer(),
      start: intendedMs => this.#start(intendedMs),
      drop: intendedMs => this.#drop(intendedMs),
    };
  }

  /** Unsettled operations, hung ones included: they still occupy the library. */
  get inFlight(): number {
    return this.#live.size;
  }

  /**
   * Begins a phase. Operations in flight move to a fault phase with its begin, for its faults hit them, unless
   * they come from a phase that may have ended them itself; else an operation belongs to the phase in which it started.
   */
  enterPhase(phase: number): void {
    this.#phase = phase;
    const load = loadOf(this.#options.load, this.#options.phases[phase]);
    // A load that goes on is not begun anew: its starts stay evenly spaced across the edge.
    const goesOn = load === this.#load && load.model !== 'ramp';
    this.#load = load;
    if (this.#starts && !goesOn) this.#beginStarts();
    if (this.#options.phases[phase]?.role !== 'fault') return;
    for (const operation of this.#live.values()) {
      if (operation.hung || mayEndOperations(this.#options.phases[operation.phase])) continue;
      this.#book(operation.phase).handOver(this.#book(phase));
      operation.phase = phase;
      this.#bytes.set(operation.index, 0, phase);
    }
  }

  startLoad(): void {
    this.#sweepTimer = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#beginStarts();
  }

  stopLoad(): void {
    this.#starts?.stop();
    this.#starts = null;
  }

  /** Resolves with the number of unsettled operations: as soon as it is 0, and at the latest after `limitMs`. */
  async drain(limitMs: number): Promise<number> {
    if (this.#live.size > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, limitMs);
        this.#whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#whenIdle = undefined;
    }
    this.#sweep();
    return this.#live.size;
  }

  /** Stops watching; what settles from here on is not booked. */
  stop(): void {
    this.stopLoad();
    clearInterval(this.#sweepTimer);
    this.#live.clear();
  }

  /** What has changed since the last call; with `final`, the timeline up to its very end. */
  collect(final = false): SubjectEvent[] {
    const events: (SubjectEvent | null)[] = [
      this.#bytes.collect(),
      this.#failures.collect(),
      this.#slowest.collect(),
    ];
    const bins = this.#bins.collect(
      final ? Number.POSITIVE_INFINITY : (this.#starts?.startedUpToMs() ?? this.#options.now()),
    );
    if (bins.length > 0) events.push({kind: 'bins', bins});
    const dirty = this.#books.filter(book => book?.dirty);
    if (dirty.length > 0) events.push({kind: 'phases', phases: dirty.map(book => book.figures())});
    for (const book of dirty) book.dirty = false;
    return events.filter(event => event !== null);
  }

  #beginStarts(): void {
    this.stopLoad();
    const durationMs = this.#options.phases[this.#phase]?.durationMs ?? 1;
    this.#starts = beginStarts(this.#load, durationMs, this.#context);
  }

  #drop(intendedMs: number): void {
    this.#book(this.#phase).drop();
    this.#bins.drop(intendedMs, this.#phase);
  }

  #start(intendedMs: number): void {
    const index = this.#nextIndex++;
    const startedMs = this.#options.now();
    const operation: LiveOperation = {index, intendedMs, startedMs, phase: this.#phase, hung: false};
    this.#book(operation.phase).start(startedMs - intendedMs);
    this.#live.set(index, operation);
    this.#bins.start(intendedMs, operation.phase);
    this.#bytes.set(index, 0, operation.phase);
    void this.#options
      .perform(index, intendedMs + this.#options.operation.deadlineMs)
      .then(settlement => this.#settle(operation, settlement));
  }

  #settle(operation: LiveOperation, settlement: Settlement): void {
    if (!this.#live.delete(operation.index)) return;
    const nowMs = this.#options.now();
    const responseMs = nowMs - operation.intendedMs;
    const book = this.#book(operation.phase);
    // It may settle between two sweeps, or before the first one after a blocked event loop.
    if (!operation.hung && responseMs >= this.#hungAfterMs) this.#markHung(operation, responseMs);
    if (operation.hung) {
      book.settleAfterHung(responseMs, nowMs - operation.startedMs);
      this.#noteSlow(operation, responseMs, 'hung');
      if (settlement.status !== 'ok') this.#fail('hung', settlement.error, operation, responseMs);
    } else {
      const code = outcomeCode(settlement.status);
      book.settle(code, responseMs, nowMs - operation.startedMs, this.#overrunAfterMs);
      this.#bins.settle(operation.intendedMs, code, responseMs);
      this.#bytes.set(operation.index, code, operation.phase);
      if (settlement.status !== 'ok') this.#fail(settlement.status, settlement.error, operation, responseMs);
      this.#noteSlow(operation, responseMs, settlement.status);
      if (settlement.status === 'ok') book.noteAnswer(settlement);
      if (settlement.status === 'wrong' || (settlement.status === 'ok' && settlement.echoed)) book.echo();
    }
    this.#starts?.settled();
    if (this.#live.size === 0) this.#whenIdle?.();
  }

  #fail(status: OutcomeStatus, error: unknown, operation: LiveOperation, durationMs: number): void {
    this.#failures.add(status, error, this.#example(operation, durationMs, status));
  }

  #sweep(): void {
    const nowMs = this.#options.now();
    for (const operation of this.#live.values()) {
      const ageMs = nowMs - operation.intendedMs;
      if (ageMs < this.#hungAfterMs) break;
      if (!operation.hung) this.#markHung(operation, ageMs);
    }
  }

  #markHung(operation: LiveOperation, ageMs: number): void {
    operation.hung = true;
    const code = outcomeCode('hung');
    this.#book(operation.phase).hang();
    this.#bins.settle(operation.intendedMs, code, null);
    this.#bytes.set(operation.index, code, operation.phase);
    this.#noteSlow(operation, ageMs, 'hung');
  }

  /** Asked first whether it is wanted, so that most operations make no object. */
  #noteSlow(operation: LiveOperation, durationMs: number, status: OutcomeStatus): void {
    if (!this.#slowest.wants(operation.phase, durationMs)) return;
    this.#slowest.add(this.#example(operation, durationMs, status));
  }

  #example(operation: LiveOperation, durationMs: number, status: OutcomeStatus): OperationExample {
    return {
      id: this.#options.idOf(operation.index),
      index: operation.index,
      phase: operation.phase,
      startMs: operation.intendedMs,
      durationMs,
      status,
    };
  }

  #book(phase: number): PhaseBook {
    let book = this.#books[phase];
    if (!book) {
      book = new PhaseBook(phase);
      this.#books[phase] = book;
    }
    return book;
  }
}
