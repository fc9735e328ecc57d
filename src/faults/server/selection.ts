// Which connections a toxic takes: the first it meets, up to a number of hits, by its dice.

import type {Random} from './random.ts';

/** One connection, as one toxic knows it; undefined for one that it does not take whatever the dice say. */
export type Candidate = {isTaken: boolean} | undefined;

export type SelectionLimits = {readonly firstN: number; readonly hitLimit: number};

export class Selection {
  readonly #limits: SelectionLimits;
  #met = 0;
  #taken = 0;

  constructor(limits: SelectionLimits) {
    this.#limits = limits;
  }

  /** Called once per connection, in the order in which the toxic comes to them. */
  meet(): Candidate {
    if (this.#met >= this.#limits.firstN) return undefined;
    this.#met++;
    return {isTaken: false};
  }

  /** Rolls the dice. Undefined where there is nothing to decide: such a connection tells nothing of the dice. */
  decide(candidate: Candidate, random: Random, toxicity: number): boolean | undefined {
    if (candidate === undefined) return undefined;
    if (!candidate.isTaken && this.#taken >= this.#limits.hitLimit) return undefined;
    const isActive = random() < toxicity;
    if (isActive && !candidate.isTaken) {
      candidate.isTaken = true;
      this.#taken++;
    }
    return isActive;
  }
}
