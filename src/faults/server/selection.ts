// Which connections a toxic takes: every n-th that it meets, the first of those, up to a number of hits, by its dice.

import type {Random} from './random.ts';

/** One connection, as one toxic sees it; null for one that it does not take, whatever the dice say. */
export type Selected = {isTaken: boolean} | null;

export type SelectionLimits = {readonly nth: number; readonly firstN: number; readonly hitLimit: number};

export class Selection {
  readonly #limits: SelectionLimits;
  #met = 0;
  #matched = 0;
  #taken = 0;

  constructor(limits: SelectionLimits) {
    this.#limits = limits;
  }

  /** Called once per connection, in the order in which the toxic comes to them. */
  offer(): Selected {
    const {nth, firstN} = this.#limits;
    if (++this.#met % nth !== 0 || this.#matched >= firstN) return null;
    this.#matched++;
    return {isTaken: false};
  }

  /** Rolls the dice. Null where there is nothing to decide: such a connection does not count among the decisions. */
  decide(candidate: Selected, random: Random, toxicity: number): boolean | null {
    if (candidate === null) return null;
    if (!candidate.isTaken && this.#taken >= this.#limits.hitLimit) return null;
    const isActive = random() < toxicity;
    if (isActive && !candidate.isTaken) {
      candidate.isTaken = true;
      this.#taken++;
    }
    return isActive;
  }

  /** What was taken could not be acted on: it counts as no hit. */
  release(candidate: Selected): void {
    if (candidate?.isTaken !== true) return;
    candidate.isTaken = false;
    this.#taken--;
  }
}
