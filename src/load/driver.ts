// Drives operations under a load, and keeps account of how each ended. Knows no library and no process.
import type {Pulse, UnsettledOperation} from '../model/driver-witness.ts';
import type {SubjectEvent} from '../model/event.ts';
import {
  hungAfterMs,
  type Load,
  loadOf,
  mayEndOperations,
  type OperationPlan,
  overrunAfterMs,
  type Phase,
} from '../model/plan.ts';
import {withTimeout} from '../model/with-timeout.ts';
import {Accounting} from './accounting.ts';
import type {ArrivalSink, ArrivalSource} from './arrivals.ts';
import {ClosedStarts} from './closed-starts.ts';
import {type LiveOperation, LiveOperations} from './live-operations.ts';
import {PacedStarts} from './paced-starts.ts';
import {pacerOf} from './pacing.ts';
import type {Settlement} from './settlement.ts';

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

/** How often hung operations are looked for. */
const sweepEveryMs = 100;
/** Longer pauses between two sweeps are pauses of the process, which make operations look older than they are. */
const stuckSlackMs = 250;

/** Enough to count, to date and to show; thousands of them would only bloat the journal. */
const mostUnsettledTold = 1000;

export class Driver {
  readonly #options: DriverOptions;
  readonly #accounting: Accounting;
  /** In order of their start, so that the sweep can stop at the first that is young enough. */
  readonly #live = new LiveOperations();
  readonly #hungAfterMs: number;
  readonly #context: ArrivalSink;
  /** The current load, and the source of its starts; null while there is none. */
  #load: Load;
  #starts: ArrivalSource | null = null;
  #phase = 0;
  #nextIndex = 0;
  /** When the latest success began; null before the first. */
  #succeededStartMs: number | null = null;
  /** Of the successes of calm phases; null before the first. */
  #slowestCalmMs: number | null = null;
  /** Until when the operations under way have been accounted for. */
  #passedMs = 0;
  #sweepTimer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#hungAfterMs = hungAfterMs(options.operation);
    this.#accounting = new Accounting({
      idOf: options.idOf,
      overrunAfterMs: overrunAfterMs(options.operation),
    });
    this.#load = loadOf(options.load, options.phases[0]);
    this.#context = {
      now: options.now,
      inFlight: () => this.#live.size,
      offer: () => this.#accounting.offer(this.#phase),
      start: (intendedMs, nowMs) => this.#start(intendedMs, nowMs),
      drop: intendedMs => this.#accounting.drop(intendedMs, this.#phase),
    };
  }

  /** Unsettled operations, hung ones included: they still occupy the library. */
  get inFlight(): number {
    return this.#live.size;
  }

  /** Timers of its own that are set. */
  get timerCount(): number {
    return (this.#sweepTimer === undefined ? 0 : 1) + (this.#starts?.timerCount ?? 0);
  }

  /**
   * Begins a phase, before its faults act. Operations in flight move into a fault phase when it begins, since its
   * faults hit them, unless they are from a phase that may have ended them itself, or were stuck already; otherwise
   * an operation belongs to the phase in which it started.
   * @param calledMs when the call came, before the process measured its heap
   */
  enterPhase(phase: number, calledMs = this.#options.now()): void {
    this.#pass(this.#options.now());
    const load = loadOf(this.#options.load, this.#options.phases[phase]);
    // A load that goes on is not restarted: its starts stay evenly spaced across the edge.
    const beginsAnew = this.#starts !== null && (load !== this.#load || load.model === 'ramp');
    // What was due before the edge belongs to the old phase.
    if (beginsAnew) this.stopLoad();
    this.#phase = phase;
    this.#load = load;
    if (beginsAnew) this.#beginStarts();
    if (this.#options.phases[phase]?.role !== 'fault') return;
    for (const operation of this.#live) {
      if (mayEndOperations(this.#options.phases[operation.phase]) || this.#isStuck(operation, calledMs))
        continue;
      this.#accounting.move(operation, phase);
    }
  }

  /** It has been under way for so long that the new fault is not the cause. */
  #isStuck({hung, intendedMs}: LiveOperation, nowMs: number): boolean {
    const usualMs =
      this.#slowestCalmMs === null ? Number.POSITIVE_INFINITY : 2 * this.#slowestCalmMs + stuckSlackMs;
    return hung || nowMs - intendedMs >= Math.min(this.#options.operation.deadlineMs, usualMs);
  }

  startLoad(): void {
    this.#sweepTimer = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#beginStarts();
  }

  stopLoad(): void {
    this.#pass(this.#options.now());
    this.#starts?.stop();
    this.#starts = null;
  }

  /** Resolves with the number of unsettled operations: as soon as it is 0, and at the latest after `limitMs`. */
  async drain(limitMs: number): Promise<number> {
    if (this.#live.size > 0) {
      const idle = new Promise<void>(resolve => {
        this.#whenIdle = resolve;
      });
      await withTimeout(limitMs, idle, () => {});
      this.#whenIdle = undefined;
    }
    this.#sweep();
    return this.#live.size;
  }

  pulse(): Pulse {
    const [oldest] = this.#live;
    return {
      atMs: this.#options.now(),
      succeededStartMs: this.#succeededStartMs,
      waitingStartMs: oldest?.startedMs ?? null,
    };
  }

  /** The oldest operations that have not settled, as many as are worth reporting. */
  unsettled(): UnsettledOperation[] {
    const oldest: UnsettledOperation[] = [];
    for (const {index, phase, intendedMs} of this.#live) {
      if (oldest.length === mostUnsettledTold) break;
      oldest.push({index, phase, startMs: intendedMs});
    }
    return oldest;
  }

  /** Stops watching; what settles from here on is not accounted for. */
  stop(): void {
    this.stopLoad();
    clearInterval(this.#sweepTimer);
    this.#live.clear();
  }

  /** What has changed since the last call; with `final`, the timeline up to its very end. */
  collect(final = false): SubjectEvent[] {
    const nowMs = this.#options.now();
    this.#pass(nowMs);
    // A slice may still get a success as long as it lasts, even where its starts were made a little early.
    const startedUpToMs = Math.min(this.#starts?.startedUpToMs() ?? nowMs, nowMs);
    return this.#accounting.collect(final ? Number.POSITIVE_INFINITY : startedUpToMs);
  }

  #beginStarts(): void {
    const durationMs = this.#options.phases[this.#phase]?.durationMs ?? 1;
    this.#starts = beginStarts(this.#load, durationMs, this.#context);
  }

  /** Called before the number under way changes, and before a phase ends. Outside of the load there is no phase. */
  #pass(nowMs: number): void {
    if (nowMs <= this.#passedMs) return;
    if (this.#starts) this.#accounting.elapse(this.#phase, this.#live.size, nowMs - this.#passedMs);
    this.#passedMs = nowMs;
  }

  #start(intendedMs: number, startedMs: number): void {
    this.#pass(startedMs);
    const operation = this.#live.add(this.#nextIndex++, intendedMs, startedMs, this.#phase);
    this.#accounting.start(operation);
    void this.#options
      .perform(operation.index, intendedMs + this.#options.operation.deadlineMs)
      .then(settlement => this.#settle(operation, settlement));
  }

  #settle(operation: LiveOperation, settlement: Settlement): void {
    if (!operation.live) return;
    const nowMs = this.#options.now();
    this.#pass(nowMs);
    this.#live.remove(operation);
    // It may settle between two sweeps, or before the first one after a blocked event loop: then it was hung all the
    // same.
    this.#markHung(operation, nowMs);
    this.#accounting.settle(operation, settlement, nowMs, this.#starts ? this.#phase : null);
    this.#noteCalm(operation, settlement, nowMs);
    if (settlement.status === 'ok') {
      this.#succeededStartMs = Math.max(this.#succeededStartMs ?? 0, operation.startedMs);
    }
    this.#starts?.settled();
    if (this.#live.size === 0) this.#whenIdle?.();
  }

  #noteCalm({phase, intendedMs}: LiveOperation, {status}: Settlement, nowMs: number): void {
    if (status !== 'ok' || this.#options.phases[phase]?.role === 'fault') return;
    this.#slowestCalmMs = Math.max(this.#slowestCalmMs ?? 0, nowMs - intendedMs);
  }

  #sweep(): void {
    const nowMs = this.#options.now();
    for (const operation of this.#live) {
      if (nowMs - operation.intendedMs < this.#hungAfterMs) break;
      this.#markHung(operation, nowMs);
    }
  }

  #markHung(operation: LiveOperation, nowMs: number): void {
    const ageMs = nowMs - operation.intendedMs;
    if (operation.hung || ageMs < this.#hungAfterMs) return;
    operation.hung = true;
    this.#accounting.hang(operation, ageMs);
  }
}

/**
 * Begins at once.
 * @param phaseDurationMs how long a ramp takes
 */
const beginStarts = (load: Load, phaseDurationMs: number, context: ArrivalSink): ArrivalSource =>
  load.model === 'closed'
    ? new ClosedStarts(load.concurrency, context)
    : new PacedStarts(pacerOf(load, phaseDurationMs), load.maxInFlight, context);
