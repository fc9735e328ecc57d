// Waits for the ClientHello of one connection and lets a TLS toxic act on it. It sits where the upstream is: the
// hello comes to it through the upstream toxics, and its answer goes through the downstream toxics. Anything else
// passes.

import type {Receiver} from '../stage.ts';
import type {Toxic} from '../toxic.ts';
import {type ClosingConnection, closeAsUpstream} from '../upstream-close.ts';
import {type ClientHello, readBeginning} from './client-hello.ts';
import type {TakenHandshake, TlsRules} from './rules.ts';
import {terminate} from './termination.ts';

export type TlsInterceptorHost = ClosingConnection & {
  /** The connection's number. */
  readonly connection: number;
  readonly rules: TlsRules;
  readonly acted: (toxic: Toxic) => void;
  readonly closedEarly: () => void;
  /** This toxic threw that; null where it is not known which. The connection cannot go on. */
  readonly failed: (error: unknown, toxic: Toxic | null) => void;
  /** No toxic took it: the connection goes on with what was held. */
  readonly done: () => void;
};

const alertRecord = 21;
const fatal = 2;

export class TlsInterceptor implements Receiver {
  /** Data is held until it is known whether it is a ClientHello. */
  readonly isFull = false;
  readonly #host: TlsInterceptorHost;
  #held: Buffer = Buffer.alloc(0);

  constructor(host: TlsInterceptorHost) {
    this.#host = host;
    host.up.exit = this;
  }

  push({data}: {readonly data: Buffer}): void {
    let taken: TakenHandshake | null = null;
    try {
      this.#held = Buffer.concat([this.#held, data]);
      const beginning = readBeginning(this.#held);
      if (beginning.kind === 'more') return;
      const {connection, rules} = this.#host;
      if (beginning.kind === 'hello') taken = rules.take(connection, beginning.hello);
      if (beginning.kind === 'hello' && taken !== null) this.#apply(taken, beginning.hello);
      else this.#pass();
    } catch (error) {
      this.#host.failed(error, taken?.toxic ?? null);
    }
  }

  end(): void {
    this.#pass();
    this.#host.up.end();
  }

  #pass(): void {
    const {up, done} = this.#host;
    up.exit = null;
    done();
    if (this.#held.length > 0) up.push({data: this.#held, timestampMs: performance.now()});
    up.wake();
  }

  #apply({toxic, action: treatment}: TakenHandshake, hello: ClientHello): void {
    const {rules, acted, closedEarly, down} = this.#host;
    acted(toxic);
    switch (treatment.kind) {
      case 'end':
        if (treatment.ending === 'half-close') closedEarly();
        closeAsUpstream(this.#host, treatment.ending);
        break;
      case 'alert':
        closedEarly();
        down.accept(Buffer.from([alertRecord, 3, 3, 0, 2, fatal, treatment.description]));
        closeAsUpstream(this.#host, 'half-close');
        break;
      case 'certificate':
        terminate(this.#host, {
          hello,
          received: this.#held,
          certificateFor: host => rules.certificates.for(treatment.problem, host),
        });
        break;
    }
  }
}
