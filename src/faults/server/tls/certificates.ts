// The certificates that the injector shows, made as they are needed. It has an authority of its own: a client that trusts it
// refuses an expired certificate because it is expired, and for nothing else. Where TLS is only opened to follow what is
// inside, it shows one like the target's.

import type {X509Certificate} from 'node:crypto';
import {
  Authority,
  type CertificateRequest,
  expired,
  type ServerCertificate,
  validNow,
} from '../../../certificates/authority.ts';
import type {CertificateProblem} from './behaviour.ts';

/** A limit, in case a client asks for ever new hosts. */
const keptCertificates = 1000;

/** RFC 2606 reserves this name, so that it can never be registered. */
const nobodysHost = 'wrong-host.invalid';

export class Certificates {
  #authority: Promise<Authority> | null = null;
  #stranger: Promise<Authority> | null = null;
  readonly #kept = new Map<string, Promise<ServerCertificate>>();

  /** The certificate of the injector's own authority, PEM. */
  async ca(): Promise<string> {
    return (await this.#trusted()).cert;
  }

  /** @param host a name, or an IP address */
  for(problem: CertificateProblem, host: string): Promise<ServerCertificate> {
    return this.#keep(`${problem} ${host}`, () => this.#make(problem, [host]));
  }

  /**
   * For the same hosts and the same time as the target's, so that a client finds in it what it would find in that. If the
   * target's is not to be trusted, neither is this.
   * @param also a host for which it is valid besides
   */
  like(target: X509Certificate, isTrusted: boolean, also: string | null): Promise<ServerCertificate> {
    const key = `${isTrusted ? 'like' : 'untrusted like'} ${target.fingerprint256} ${also ?? ''}`;
    return this.#keep(key, async () => {
      const authority = await (isTrusted ? this.#trusted() : this.#strange());
      const request = requestLike(target);
      return authority.issue({...request, hosts: [...request.hosts, ...(also === null ? [] : [also])]});
    });
  }

  #keep(key: string, make: () => Promise<ServerCertificate>): Promise<ServerCertificate> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    this.#kept.set(key, made);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > keptCertificates && oldest.done !== true) this.#kept.delete(oldest.value);
    return made;
  }

  async #make(problem: CertificateProblem, hosts: readonly string[]): Promise<ServerCertificate> {
    switch (problem) {
      case 'untrusted':
        return (await this.#strange()).issue({hosts, ...validNow()});
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

  #strange(): Promise<Authority> {
    this.#stranger ??= Authority.create('foulweather: an authority that nobody trusts');
    return this.#stranger;
  }
}

const requestLike = ({
  subject,
  subjectAltName = '',
  validFrom,
  validTo,
}: X509Certificate): CertificateRequest => {
  const named = subjectAltName
    .split(', ')
    .flatMap(name => /^(?:DNS|IP Address):([\w*.:-]+)$/.exec(name)?.[1] ?? []);
  const common = /(?:^|\n)CN=([\w*.-]+)/.exec(subject)?.[1] ?? nobodysHost;
  return {
    hosts: named.length > 0 ? named : [common],
    notBeforeMs: Date.parse(validFrom),
    notAfterMs: Date.parse(validTo),
  };
};
