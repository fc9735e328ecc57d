// TLS faults in a few words.
import {type AnyTlsFault, type CertificateProblem, tlsAlerts} from '../../model/tls-fault.ts';

const problems: {readonly [problem in CertificateProblem]: string} = {
  untrusted: 'from an unknown authority',
  'self-signed': 'that is self-signed',
  expired: 'that has expired',
  'wrong-host': 'for another host',
};

export const tlsEffectOf = (fault: AnyTlsFault): string =>
  `${effectOf(fault)}${fault.serverName ? ` (${fault.serverName})` : ''}`;

const effectOf = (fault: AnyTlsFault): string => {
  switch (fault.kind) {
    case 'tlsClose':
      return `handshake ${fault.reset ? 'reset (RST)' : 'closed (FIN)'} after the ClientHello`;
    case 'tlsAlert':
      return `handshake answered with the alert ${alertName(fault.alert)}`;
    case 'wrongCertificate':
      return `a certificate ${problems[fault.problem]}`;
  }
};

const alertName = (alert: number): string => {
  const known = Object.entries(tlsAlerts).find(([, number]) => number === alert);
  return known === undefined ? String(alert) : `${known[0]} (${alert})`;
};
