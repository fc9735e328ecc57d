// Which TLS toxic takes which handshake of a proxy.

import type {StreamDirection} from '../../../model/proxy-witness.ts';
import {fitsPattern} from '../pattern.ts';
import {createRandom} from '../random.ts';
import type {Toxic} from '../toxic.ts';
import type {Attributes} from '../toxic-type.ts';
import type {Witness} from '../witness.ts';
import type {TlsAction, TlsBehaviour} from './behaviour.ts';
import type {Certificates} from './certificates.ts';
import type {ClientHello} from './client-hello.ts';

/** The toxic that takes a handshake, and what it does to it. */
export type TakenHandshake = {readonly toxic: Toxic; readonly action: TlsAction};

export type TlsRulesHost = {
  readonly seedParts: readonly (string | number)[];
  readonly toxicsOf: (direction: StreamDirection) => readonly Toxic[];
  readonly witness: Witness;
  readonly certificates: Certificates;
};

export class TlsRules {
  readonly certificates: Certificates;
  readonly #host: TlsRulesHost;

  constructor(host: TlsRulesHost) {
    this.#host = host;
    this.certificates = host.certificates;
  }

  /** Whether there is any TLS toxic. */
  get isActive(): boolean {
    return this.#toxics().length > 0;
  }

  /**
   * The first toxic that takes the handshake of this connection, in the order in which they were added; those after it are
   * not asked. The dice depend on the seed, the proxy, the connection's number and the toxic's name only.
   */
  take(connection: number, {serverName}: ClientHello): TakenHandshake | null {
    const {seedParts, witness} = this.#host;
    for (const {toxic, tls} of this.#toxics()) {
      const {name, attributes, selection, toxicity} = toxic;
      if (!toxic.isInForce) continue;
      const pattern = tls.match(attributes);
      if (pattern !== '' && serverName === null) continue;
      if (!fitsPattern(pattern, serverName?.toLowerCase() ?? '')) continue;
      const random = createRandom([...seedParts, connection, 'tls', name]);
      const decision = selection.decide(selection.offer(), random, toxicity);
      if (decision !== null) witness.decided(name, decision);
      if (decision === true) return {toxic, action: tls.treat(attributes)};
    }
    return null;
  }

  /** A connection carries that, on which none of those that are in force can act. */
  missed(spoken: string): void {
    for (const {toxic} of this.#toxics()) if (toxic.isInForce) this.#host.witness.missed(toxic.name, spoken);
  }

  #toxics(): readonly {readonly toxic: Toxic; readonly tls: TlsBehaviour<Attributes>}[] {
    const {toxicsOf} = this.#host;
    return [...toxicsOf('upstream'), ...toxicsOf('downstream')].flatMap(toxic => {
      const {tls} = toxic.type;
      return tls === null ? [] : [{toxic, tls}];
    });
  }
}
