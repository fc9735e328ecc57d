// Closed load: so many operations in flight at all times; the next one starts when one settles.
import type {ArrivalSink, ArrivalSource} from './arrivals.ts';

/** So many starts at most before the event loop has its turn: else a library that answers at once would starve it. */
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

  /** Fills up to the concurrency. What an earlier phase still has in flight counts. */
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
