// What a TLS fault does to a handshake, once the ClientHello has come.

/** What is wrong with the certificate that the client is shown. */
export const certificateProblems = ['untrusted', 'self-signed', 'expired', 'wrong-host'] as const;
export type CertificateProblem = (typeof certificateProblems)[number];

export type TlsAction =
  | {readonly kind: 'end'; readonly ending: 'half-close' | 'reset'}
  /** `description`: the number of RFC 8446, 6. */
  | {readonly kind: 'alert'; readonly description: number}
  | {readonly kind: 'certificate'; readonly problem: CertificateProblem};

/** What a TLS toxic type does, with its attributes. */
export type TlsBehaviour<Attributes> = {
  /** A pattern of the host that the ClientHello names, in lower case, see pattern.ts. Empty: any, and none. */
  readonly match: (attributes: Attributes) => string;
  /** Called for each handshake that the toxic takes. */
  readonly treat: (attributes: Attributes) => TlsAction;
};
