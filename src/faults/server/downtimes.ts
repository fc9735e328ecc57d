// Lets a proxy be down again and again, as long as a toxic is in force: down first, then up, and so on.

import {Alarm} from './alarm.ts';
import {createRandom} from './random.ts';
import type {Toxic} from './toxic.ts';
import type {Downtime} from './toxic-type.ts';

export type DowntimeHost = {
  /** What the dice of a down-time depend on besides the toxic's name and the number of the down-time. */
  readonly seedParts: readonly (string | number)[];
  readonly decided: (isActive: boolean) => void;
  readonly down: (effect: Downtime['effect']) => void;
  readonly up: () => void;
};

export class Downtimes {
  readonly #host: DowntimeHost;
  readonly #toxic: Toxic;
  /** Each deadline is counted from the one before, so that late timers do not add up. */
  #edgeMs = performance.now();
  #isDown = false;
  readonly #alarm = new Alarm(() => this.#turn());

  constructor(host: DowntimeHost, toxic: Toxic) {
    this.#host = host;
    this.#toxic = toxic;
    this.#turn();
  }

  end(): void {
    this.#alarm.clear();
    this.#host.up();
  }

  #turn(): void {
    const {downMs, upMs, effect} = this.#downtime;
    this.#isDown = !this.#isDown;
    if (!this.#isDown) this.#host.up();
    else if (this.#isHit()) this.#host.down(effect);
    this.#edgeMs += this.#isDown ? downMs : upMs;
    this.#alarm.set(this.#edgeMs);
  }

  /** The toxicity is that of each down-time. */
  #isHit(): boolean {
    const {name, toxicity, selection} = this.#toxic;
    const random = createRandom([...this.#host.seedParts, 'down-time', name, this.#toxic.downtimes++]);
    const isHit = selection.decide(selection.offer(), random, toxicity);
    if (isHit !== null) this.#host.decided(isHit);
    return isHit === true;
  }

  get #downtime(): Downtime {
    const {type, attributes} = this.#toxic;
    return (
      type.downtime?.(attributes) ?? {downMs: 0, upMs: Number.POSITIVE_INFINITY, effect: 'connects-hang'}
    );
  }
}
