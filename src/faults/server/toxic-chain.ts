// The toxics of one proxy: their names, their order, and the live connections that must follow each change.

import type {StreamDirection} from '../../model/proxy-witness.ts';
import {Alarm} from './alarm.ts';
import {toxicAlreadyExists, toxicNotFound} from './api-error.ts';
import type {Connection} from './connection.ts';
import type {JsonValue} from './go-json.ts';
import {createRandom} from './random.ts';
import {Schedule} from './scope.ts';
import {createToxic, type Toxic} from './toxic.ts';
import type {Downtime} from './toxic-type.ts';
import type {Witness} from './witness.ts';

/** What toxics act on besides connections: the proxy as a whole. */
export type ChainHost = Pick<DowntimeHost, 'seedParts'> & {
  readonly witness: Witness;
  readonly connections: ReadonlySet<Connection>;
  /** Throws ApiError 400 for a toxic that is not for what the proxy carries. */
  readonly admit: (toxic: Toxic) => void;
  /** The proxy serves no new connection until it is up again. */
  readonly down: (toxic: Toxic, effect: Downtime['effect']) => void;
  readonly up: (toxic: Toxic) => void;
};

export class ToxicChain {
  readonly #host: ChainHost;
  readonly #terms = new Map<Toxic, Schedule>();
  readonly #downtimes = new Map<Toxic, Downtimes>();
  readonly #byDirection: Readonly<Record<StreamDirection, Toxic[]>> = {upstream: [], downstream: []};

  constructor(host: ChainHost) {
    this.#host = host;
  }

  /** The toxics of a direction, in the order in which they were added. */
  readonly of = (direction: StreamDirection): readonly Toxic[] => this.#byDirection[direction];

  /** Throws ApiError 404. */
  get(name: string): Toxic {
    const toxic = this.#find(name);
    if (toxic === null) throw toxicNotFound();
    return toxic;
  }

  /** Throws ApiError 400 or 409. */
  add(body: JsonValue): Toxic {
    const toxic = createToxic(body, name => {
      if (this.#find(name) !== null) throw toxicAlreadyExists();
    });
    this.#host.admit(toxic);
    this.#byDirection[toxic.direction].push(toxic);
    this.#host.witness.fault(toxic.name, toxic.type.name, toxic.direction);
    for (const connection of this.#host.connections) connection.add(toxic);
    const edges = {begin: () => this.#begin(toxic), end: () => this.#end(toxic)};
    this.#terms.set(toxic, new Schedule(toxic.scope, edges));
    return toxic;
  }

  /** Throws ApiError 400 or 404. */
  update(name: string, body: JsonValue): Toxic {
    const toxic = this.get(name);
    toxic.merge(body, 'attributes-and-toxicity');
    for (const connection of this.#host.connections) connection.update(toxic);
    return toxic;
  }

  /** Throws ApiError 404. */
  remove(name: string): void {
    const toxic = this.get(name);
    const toxics = this.#byDirection[toxic.direction];
    toxics.splice(toxics.indexOf(toxic), 1);
    this.#terms.get(toxic)?.cancel();
    this.#terms.delete(toxic);
    this.#end(toxic);
    for (const connection of this.#host.connections) connection.remove(toxic);
  }

  clear(): void {
    for (const toxic of this.#all()) this.remove(toxic.name);
  }

  toJson(): string {
    return `[${this.#all()
      .map(toxic => toxic.toJson())
      .join(',')}]`;
  }

  #begin(toxic: Toxic): void {
    toxic.isInForce = true;
    toxic.ramp.start();
    for (const connection of this.#host.connections) connection.update(toxic);
    if (toxic.type.downtime === null) return;
    const {seedParts, witness, down, up} = this.#host;
    const host: DowntimeHost = {
      seedParts,
      decided: isActive => witness.decided(toxic.name, isActive),
      down: effect => down(toxic, effect),
      up: () => up(toxic),
    };
    this.#downtimes.set(toxic, new Downtimes(host, toxic));
  }

  #end(toxic: Toxic): void {
    toxic.isInForce = false;
    this.#downtimes.get(toxic)?.end();
    this.#downtimes.delete(toxic);
    for (const connection of this.#host.connections) connection.suspend(toxic);
  }

  #all(): readonly Toxic[] {
    return [...this.#byDirection.upstream, ...this.#byDirection.downstream];
  }

  #find(name: string): Toxic | null {
    return this.#all().find(toxic => toxic.name === name) ?? null;
  }
}

type DowntimeHost = {
  /** What the dice of a down-time depend on besides the toxic's name and the number of the down-time. */
  readonly seedParts: readonly (string | number)[];
  readonly decided: (isActive: boolean) => void;
  readonly down: (effect: Downtime['effect']) => void;
  readonly up: () => void;
};

/** Lets a proxy be down again and again, as long as a toxic is in force: down first, then up, and so on. */
class Downtimes {
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
