// A certificate authority that lives in memory, for as long as its process does.

import {KeyObject, type webcrypto} from 'node:crypto';
import {isIP} from 'node:net';
import type {JsonGeneralNames} from '@peculiar/x509';

/** A server's certificate and its key, both PEM, as `tls.createSecureContext` takes them. */
export type ServerCertificate = {readonly cert: string; readonly key: string};

/** What a server's certificate says. */
export type CertificateRequest = {
  /** Host names and IP addresses. */
  readonly hosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

const dayMs = 86_400_000;
const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'} as const;

/**
 * The library wants its polyfill loaded first, and takes a tenth of a second to load: it is imported only when a
 * certificate is made.
 */
const loadLibrary = async (): Promise<typeof import('@peculiar/x509')> => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

type Library = Awaited<ReturnType<typeof loadLibrary>>;

const createKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Valid since yesterday, because clocks differ, and for no longer than clients accept: 397 days. */
export const validNow = (): Omit<CertificateRequest, 'hosts'> => ({
  notBeforeMs: Date.now() - dayMs,
  notAfterMs: Date.now() + 397 * dayMs,
});

/** It ended yesterday. */
export const expired = (): Omit<CertificateRequest, 'hosts'> => ({
  notBeforeMs: Date.now() - 30 * dayMs,
  notAfterMs: Date.now() - dayMs,
});

type Signer = {readonly subject: string; readonly keys: webcrypto.CryptoKeyPair};

export class Authority {
  /** Its own certificate, PEM: a client that trusts it trusts what it issues. */
  readonly cert: string;
  readonly #library: Library;
  readonly #signer: Signer;
  readonly #serverKeys: webcrypto.CryptoKeyPair;

  private constructor(library: Library, cert: string, signer: Signer, serverKeys: webcrypto.CryptoKeyPair) {
    this.cert = cert;
    this.#library = library;
    this.#signer = signer;
    this.#serverKeys = serverKeys;
  }

  /** @param name of the authority, which clients may show */
  static async create(name: string): Promise<Authority> {
    const library = await loadLibrary();
    const keys = await createKeys();
    const own = await library.X509CertificateGenerator.createSelfSigned({
      name: [{CN: [name]}],
      // Clients accept any lifetime of an authority; what it issues may be valid from before it existed.
      notBefore: new Date(Date.now() - 60 * dayMs),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new library.BasicConstraintsExtension(true, undefined, true),
        new library.KeyUsagesExtension(
          library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign,
          true,
        ),
        await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const signer = {subject: own.subject, keys};
    return new Authority(library, `${own.toString('pem')}\n`, signer, await createKeys());
  }

  /** Issues a server's certificate. All of them share one key: it only has to prove itself in tests, and is no secret. */
  async issue(request: CertificateRequest): Promise<ServerCertificate> {
    return serverCertificate(this.#library, request, this.#serverKeys, this.#signer);
  }

  /** A self-signed certificate of a server. */
  async selfSigned(request: CertificateRequest): Promise<ServerCertificate> {
    const signer = {subject: serverSubject, keys: this.#serverKeys};
    return serverCertificate(this.#library, request, this.#serverKeys, signer);
  }
}

const serverSubject = 'CN=foulweather server';
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

const serverCertificate = async (
  library: Library,
  {hosts, notBeforeMs, notAfterMs}: CertificateRequest,
  {publicKey, privateKey}: webcrypto.CryptoKeyPair,
  signer: Signer,
): Promise<ServerCertificate> => {
  const names: JsonGeneralNames = hosts.map(value => ({type: isIP(value) === 0 ? 'dns' : 'ip', value}));
  const certificate = await library.X509CertificateGenerator.create({
    subject: serverSubject,
    issuer: signer.subject,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: algorithm,
    // Everything that strict clients ask for, such as Python's since 3.13; otherwise they would reject it for this
    // instead.
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
      new library.ExtendedKeyUsageExtension([serverAuthentication]),
      new library.SubjectAlternativeNameExtension(names),
      await library.SubjectKeyIdentifierExtension.create(publicKey),
      await library.AuthorityKeyIdentifierExtension.create(signer.keys.publicKey),
    ],
  });
  const key = KeyObject.from(privateKey).export({type: 'pkcs8', format: 'pem'}).toString();
  return {cert: `${certificate.toString('pem')}\n`, key};
};
