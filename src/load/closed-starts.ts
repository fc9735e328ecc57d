// Closed load: a fixed number of operations in flight; the next one starts when one settles.
import type {ArrivalSink, ArrivalSource} from './arrivals.ts';

/** At most so many starts before the event loop has its turn: otherwise a library that answers at once would starve it. */
const startsPerTurn = 64;

export class ClosedStarts implements ArrivalSource {
  readonly timerCount = 0;
  readonly #concurrency: number;
  readonly #context: ArrivalSink;
  #startsInTurn = 0;
  #turn: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(concurrency: number, context: ArrivalSink) {
    this.#concurrency = concurrency;
    this.#context = context;
    this.settled();
  }

  /** Starts operations up to the concurrency. Those that an earlier phase still has in flight count. */
  settled(): void {
    const {now, inFlight, offer, start} = this.#context;
    while (!this.#stopped && inFlight() < this.#concurrency) {
      if (this.#startsInTurn >= startsPerTurn) {
        this.#turn ??= setImmediate(() => this.#nextTurn());
        return;
      }
      this.#startsInTurn++;
      offer();
      const nowMs = now();
      start(nowMs, nowMs);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#turn);
  }

  startedUpToMs(): number {
    return this.#context.now();
  }

  #nextTurn(): void {
    this.#turn = undefined;
    this.#startsInTurn = 0;
    this.settled();
  }
}
