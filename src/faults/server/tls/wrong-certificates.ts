// The certificates that clients should refuse, made as they are needed. The injector has an authority of its own: a client
// that trusts it refuses an expired certificate because it is expired, and for nothing else.

import {Authority, expired, type ServerCertificate, validNow} from '../../../certificates/authority.ts';
import type {CertificateProblem} from './behaviour.ts';

/** A limit, in case a client keeps asking for new hosts. */
const keptCertificates = 1000;

/** RFC 2606 reserves this name, so that it can never be registered. */
const nobodysHost = 'wrong-host.invalid';

export class WrongCertificates {
  #authority: Promise<Authority> | null = null;
  #stranger: Promise<Authority> | null = null;
  readonly #kept = new Map<string, Promise<ServerCertificate>>();

  /** The certificate of the injector's own authority, PEM. */
  async ca(): Promise<string> {
    return (await this.#trusted()).cert;
  }

  /** @param host a name, or an IP address */
  for(problem: CertificateProblem, host: string): Promise<ServerCertificate> {
    const key = `${problem} ${host}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = this.#make(problem, [host]);
    this.#kept.set(key, made);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > keptCertificates && oldest.done !== true) this.#kept.delete(oldest.value);
    return made;
  }

  async #make(problem: CertificateProblem, hosts: readonly string[]): Promise<ServerCertificate> {
    switch (problem) {
      case 'untrusted':
        this.#stranger ??= Authority.create('foulweather: an authority that nobody trusts');
        return (await this.#stranger).issue({hosts, ...validNow()});
      case 'self-signed':
        return (await this.#trusted()).selfSigned({hosts, ...validNow()});
      case 'expired':
        return (await this.#trusted()).issue({hosts, ...expired()});
      case 'wrong-host':
        return (await this.#trusted()).issue({hosts: [nobodysHost], ...validNow()});
    }
  }

  #trusted(): Promise<Authority> {
    this.#authority ??= Authority.create('foulweather injector');
    return this.#authority;
  }
}
