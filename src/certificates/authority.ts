// A certificate authority that lives in memory, for as long as its process does.

import {KeyObject, type webcrypto} from 'node:crypto';
import {isIP} from 'node:net';
import type {JsonGeneralNames, X509CertificateGenerator} from '@peculiar/x509';

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

/** It asks for its polyfill to be there first, and takes a tenth of a second to load: only who needs it waits for it. */
const loadLibrary = async (): Promise<typeof import('@peculiar/x509')> => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

type Library = Awaited<ReturnType<typeof loadLibrary>>;
type Issued = Awaited<ReturnType<typeof X509CertificateGenerator.create>>;

const createKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Valid since yesterday, since clocks differ, and for no longer than clients bear: 397 days. */
export const validNow = (): Omit<CertificateRequest, 'hosts'> => ({
  notBeforeMs: Date.now() - dayMs,
  notAfterMs: Date.now() + 397 * dayMs,
});

/** It ended yesterday. */
export const expired = (): Omit<CertificateRequest, 'hosts'> => ({
  notBeforeMs: Date.now() - 30 * dayMs,
  notAfterMs: Date.now() - dayMs,
});

export class Authority {
  /** Its own certificate, PEM: who trusts it trusts what it issues. */
  readonly cert: string;
  readonly #library: Library;
  readonly #own: Issued;
  readonly #signingKey: webcrypto.CryptoKey;
  readonly #serverKeys: webcrypto.CryptoKeyPair;

  private constructor(
    library: Library,
    own: Issued,
    signingKey: webcrypto.CryptoKey,
    serverKeys: webcrypto.CryptoKeyPair,
  ) {
    this.#library = library;
    this.#own = own;
    this.#signingKey = signingKey;
    this.#serverKeys = serverKeys;
    this.cert = `${own.toString('pem')}\n`;
  }

  /** @param name of the authority, which clients may show */
  static async create(name: string): Promise<Authority> {
    const library = await loadLibrary();
    const {BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags, X509CertificateGenerator} = library;
    const keys = await createKeys();
    const own = await X509CertificateGenerator.createSelfSigned({
      name: [{CN: [name]}],
      // Of an authority, clients bear any life; what it issues may be older than it.
      notBefore: new Date(Date.now() - 60 * dayMs),
      notAfter: new Date(Date.now() + 3650 * dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(library, own, keys.privateKey, await createKeys());
  }

  /** Issues a server's certificate. All of them share one key, as what they prove is nobody's secret. */
  async issue(request: CertificateRequest): Promise<ServerCertificate> {
    const issuer = {subject: this.#own.subject, signingKey: this.#signingKey};
    return serverCertificate(this.#library, request, this.#serverKeys, issuer);
  }

  /** A server's certificate that nobody but the server itself vouches for. */
  async selfSigned(request: CertificateRequest): Promise<ServerCertificate> {
    return serverCertificate(this.#library, request, this.#serverKeys, null);
  }
}

type Issuer = {readonly subject: string; readonly signingKey: webcrypto.CryptoKey};

/** @param issuer null: the certificate is signed by its own key */
const serverCertificate = async (
  {ExtendedKeyUsageExtension, SubjectAlternativeNameExtension, X509CertificateGenerator}: Library,
  {hosts, notBeforeMs, notAfterMs}: CertificateRequest,
  {publicKey, privateKey}: webcrypto.CryptoKeyPair,
  issuer: Issuer | null,
): Promise<ServerCertificate> => {
  const names: JsonGeneralNames = hosts.map(value => ({type: isIP(value) === 0 ? 'dns' : 'ip', value}));
  const subject = [{CN: ['foulweather server']}];
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey,
    signingKey: issuer?.signingKey ?? privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(names),
      new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']), // serverAuth
    ],
  });
  const key = KeyObject.from(privateKey).export({type: 'pkcs8', format: 'pem'}).toString();
  return {cert: `${certificate.toString('pem')}\n`, key};
};
