// What can happen to TLS handshakes between the subject and the target, as plain data. Only the embedded injector can.
import {type FaultOf, made, type OptionsOf} from './fault-defaults.ts';

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

/** An alert that `tlsAlert()` knows by name. */
export type TlsAlertName = keyof typeof tlsAlerts;

/** Made by `tlsClose()`. */
export type TlsCloseFault = FaultOf<'tlsClose'>;
/** Made by `tlsAlert()`. */
export type TlsAlertFault = FaultOf<'tlsAlert'>;
/** Made by `wrongCertificate()`. */
export type WrongCertificateFault = FaultOf<'wrongCertificate'>;

/** What is wrong with a certificate. `untrusted`: it is issued by an unknown authority. */
export type CertificateProblem = WrongCertificateFault['problem'];

export type AnyTlsFault = TlsCloseFault | TlsAlertFault | WrongCertificateFault;

const kinds: ReadonlySet<string> = new Set<AnyTlsFault['kind']>(['tlsClose', 'tlsAlert', 'wrongCertificate']);

export const isTlsFault = (kind: string): boolean => kinds.has(kind);

/** Closes (FIN) or resets (RST) the connection after the ClientHello. */
export const tlsClose = (options: OptionsOf<'tlsClose'> = {}): TlsCloseFault => made('tlsClose', options);

type AlertOptions = Omit<OptionsOf<'tlsAlert'>, 'alert'> & {
  /** By its name or its number, 0 to 255. Default: `handshake_failure`. */
  readonly alert?: TlsAlertName | number;
};

/** Answers the ClientHello with a fatal alert, by its name or its number, and closes the connection. */
export const tlsAlert = ({alert, ...options}: AlertOptions = {}): TlsAlertFault =>
  made('tlsAlert', {...options, alert: typeof alert === 'string' ? (tlsAlerts[alert] ?? alert) : alert});

/** Answers the handshake instead of the target, with a certificate that a client should reject. A client that accepts it gets through. */
export const wrongCertificate = (options: OptionsOf<'wrongCertificate'>): WrongCertificateFault =>
  made('wrongCertificate', options);
