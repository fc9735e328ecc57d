// What every toxic may have beyond Toxiproxy's fields: which and how many connections it takes, and when.

import {Alarm} from './alarm.ts';
import {type Field, integerField} from './go-fields.ts';
import type {Random} from './random.ts';

const names = ['nth', 'first_n', 'hit_limit', 'start_after', 'duration', 'every'] as const;

/** Connections, and milliseconds. A field that was not given is absent, here and in JSON. */
export type Scope = {readonly [Name in (typeof names)[number]]?: number};

/** The fields that read a scope from a request body and put it into `scope`. */
export const scopeFields = (scope: {-readonly [Name in keyof Scope]: Scope[Name]}): Record<string, Field> =>
  Object.fromEntries(
    names.map(name => [
      name,
      integerField('int64', value => {
        scope[name] = value;
      }),
    ]),
  );

/** Why this scope cannot be had, or null. */
export const refuseScope = (scope: Scope): string | null => {
  const name = names.find(name => (scope[name] ?? 0) < 0);
  if (name !== undefined) return `${name} must not be negative`;
  const {duration = 0, every} = scope;
  if (every === undefined) return null;
  return duration > 0 && duration < every ? null : 'every needs a duration, and must be more than it';
};

/** In a fixed order, whatever the client's was. */
export const scopeJson = (scope: Scope): Scope =>
  Object.fromEntries(names.flatMap(name => (scope[name] === undefined ? [] : [[name, scope[name]]])));

/** One connection, as one toxic sees it; null for one that it does not take, whatever the dice say. */
export type Selected = {isTaken: boolean} | null;

export type SelectionLimits = {readonly nth: number; readonly firstN: number; readonly hitLimit: number};

/** Every n-th that the toxic meets, the first of those, up to a number of hits, by its dice. */
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

export type ScheduleEvents = {readonly begin: () => void; readonly end: () => void};

/**
 * When a toxic is in force: from `start_after` ms after it was added, for `duration` ms, and again `every` so many ms.
 * Without any of them: at once, and until it is removed.
 */
export class Schedule {
  readonly #edges: ScheduleEvents;
  readonly #durationMs: number;
  /** Infinity: never again. */
  readonly #everyMs: number;
  readonly #alarm = new Alarm(() => this.#turn());
  /** When it is to begin, or has begun. Each period is counted from the one before, so that late timers do not add up. */
  #beginMs: number;
  #isInForce = false;

  constructor(scope: Scope, edges: ScheduleEvents) {
    const {start_after = 0, duration = Number.POSITIVE_INFINITY, every = Number.POSITIVE_INFINITY} = scope;
    this.#edges = edges;
    this.#durationMs = duration;
    this.#everyMs = every;
    this.#beginMs = performance.now() + start_after;
    if (start_after > 0) this.#alarm.set(this.#beginMs);
    else this.#turn();
  }

  /** Because the toxic is removed: no edge follows. */
  cancel(): void {
    this.#alarm.clear();
  }

  #turn(): void {
    this.#isInForce = !this.#isInForce;
    if (this.#isInForce) {
      this.#alarm.set(this.#beginMs + this.#durationMs);
      this.#edges.begin();
    } else {
      this.#beginMs += this.#everyMs;
      this.#alarm.set(this.#beginMs);
      this.#edges.end();
    }
  }
}
