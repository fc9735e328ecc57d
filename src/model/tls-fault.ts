// What can happen to TLS handshakes between the subject and the target, as plain data. Only the embedded injector can.
import {type FaultScope, made, scope} from './fault-scope.ts';

/** The alerts that servers send at this point, by the names of RFC 8446, 6.2. */
export const tlsAlerts = {
  close_notify: 0,
  handshake_failure: 40,
  access_denied: 49,
  decode_error: 50,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  user_canceled: 90,
  unrecognized_name: 112,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

export type TlsAlertName = keyof typeof tlsAlerts;

/** `untrusted`: of an authority that nobody knows. */
export type CertificateProblem = 'untrusted' | 'self-signed' | 'expired' | 'wrong-host';

/** Which handshakes a fault is for. Its probability, nth, first n and hit limit are about those. */
type HandshakeScope = FaultScope & {
  /** The host that the client asks for (SNI), in any case; `*` stands for anything. Empty: any, and none. */
  readonly serverName: string;
};

export type TlsCloseFault = HandshakeScope & {readonly kind: 'tlsClose'; readonly reset: boolean};
export type TlsAlertFault = HandshakeScope & {
  readonly kind: 'tlsAlert';
  /** The alert's number, 0 to 255. */
  readonly alert: number;
};
export type WrongCertificateFault = HandshakeScope & {
  readonly kind: 'wrongCertificate';
  readonly problem: CertificateProblem;
};

export type AnyTlsFault = TlsCloseFault | TlsAlertFault | WrongCertificateFault;

const kinds: ReadonlySet<string> = new Set<AnyTlsFault['kind']>(['tlsClose', 'tlsAlert', 'wrongCertificate']);

type HandshakeOptions = Partial<HandshakeScope>;

const handshakes = ({serverName = '', ...options}: HandshakeOptions): HandshakeScope => ({
  serverName,
  ...scope(options),
});

export const isTlsFault = (kind: string): boolean => kinds.has(kind);

/** Closes the connection (FIN) once the ClientHello has come, or resets it (RST). */
export const tlsClose = (options: {reset?: boolean} & HandshakeOptions = {}): TlsCloseFault =>
  made(options, {
    kind: 'tlsClose',
    reset: options.reset ?? false,
    ...handshakes(options),
  });

/** Answers the ClientHello with a fatal alert, by its name or its number, and closes the connection. */
export const tlsAlert = (options: {alert?: TlsAlertName | number} & HandshakeOptions = {}): TlsAlertFault => {
  const {alert = 'handshake_failure'} = options;
  return made(options, {
    kind: 'tlsAlert',
    alert: typeof alert === 'number' ? alert : tlsAlerts[alert],
    ...handshakes(options),
  });
};

/** Answers the handshake in the target's place with a certificate that a client should refuse. One that does not gets through. */
export const wrongCertificate = (
  options: {problem: CertificateProblem} & HandshakeOptions,
): WrongCertificateFault =>
  made(options, {
    kind: 'wrongCertificate',
    problem: options.problem,
    ...handshakes(options),
  });
