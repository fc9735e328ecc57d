// TLS fault → toxic of the embedded injector.
import type {AnyTlsFault} from '../model/tls-fault.ts';

type TlsShape = {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

/** The type and the attributes, without the one that says which handshakes it is for. */
const ownShape = (fault: AnyTlsFault): TlsShape => {
  switch (fault.kind) {
    case 'tlsClose':
      return {type: 'tls_close', attributes: {reset: fault.reset}};
    case 'tlsAlert':
      return {type: 'tls_alert', attributes: {alert: fault.alert}};
    case 'wrongCertificate':
      return {type: 'tls_certificate', attributes: {problem: fault.problem}};
  }
};

export const tlsShapeOf = (fault: AnyTlsFault): TlsShape => {
  const {type, attributes} = ownShape(fault);
  return {type, attributes: {...attributes, server_name: fault.serverName}};
};
