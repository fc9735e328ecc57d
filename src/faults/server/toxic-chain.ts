// The toxics of one proxy: their names, their order, and the live connections that must follow each change.

import type {StreamDirection} from '../../model/proxy-witness.ts';
import {toxicAlreadyExists, toxicNotFound} from './api-error.ts';
import type {Connection} from './connection.ts';
import type {JsonValue} from './go-json.ts';
import {createToxic, type Toxic} from './toxic.ts';
import type {Witness} from './witness.ts';

export class ToxicChain {
  readonly #witness: Witness;
  readonly #connections: ReadonlySet<Connection>;
  readonly #byDirection: Readonly<Record<StreamDirection, Toxic[]>> = {upstream: [], downstream: []};

  constructor(witness: Witness, connections: ReadonlySet<Connection>) {
    this.#witness = witness;
    this.#connections = connections;
  }

  /** The toxics of a direction, in the order in which they were added. */
  readonly of = (direction: StreamDirection): readonly Toxic[] => this.#byDirection[direction];

  /** Throws ApiError 404. */
  get(name: string): Toxic {
    const toxic = this.#find(name);
    if (toxic === undefined) throw toxicNotFound();
    return toxic;
  }

  /** Throws ApiError 400 or 409. */
  add(body: JsonValue): Toxic {
    const toxic = createToxic(body, name => {
      if (this.#find(name) !== undefined) throw toxicAlreadyExists();
    });
    this.#byDirection[toxic.direction].push(toxic);
    this.#witness.fault(toxic.name, toxic.type.name, toxic.direction);
    for (const connection of this.#connections) connection.add(toxic);
    return toxic;
  }

  /** Throws ApiError 400 or 404. */
  update(name: string, body: JsonValue): Toxic {
    const toxic = this.get(name);
    toxic.merge(body, 'attributes-and-toxicity');
    for (const connection of this.#connections) connection.update(toxic);
    return toxic;
  }

  /** Throws ApiError 404. */
  remove(name: string): void {
    const toxic = this.get(name);
    const toxics = this.#byDirection[toxic.direction];
    toxics.splice(toxics.indexOf(toxic), 1);
    for (const connection of this.#connections) connection.remove(toxic);
  }

  clear(): void {
    for (const toxic of this.#all()) this.remove(toxic.name);
  }

  toJson(): string {
    return `[${this.#all()
      .map(toxic => toxic.toJson())
      .join(',')}]`;
  }

  #all(): readonly Toxic[] {
    return [...this.#byDirection.upstream, ...this.#byDirection.downstream];
  }

  #find(name: string): Toxic | undefined {
    return this.#all().find(toxic => toxic.name === name);
  }
}
