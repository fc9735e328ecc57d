// tls_close: closes the connection (FIN), or resets it (RST), once the ClientHello has come: no handshake ever happens.

import {type CertificateProblem, certificateProblems} from '../tls/behaviour.ts';
import {defineTlsToxicType} from '../tls/tls-toxic-type.ts';

export const tlsClose = defineTlsToxicType({
  name: 'tls_close',
  attributes: {
    /** Whether it is reset rather than closed. */
    reset: {kind: 'bool', initial: false},
  },
  treat: ({reset}) => ({kind: 'end', ending: reset ? 'reset' : 'half-close'}),
});

export const tlsCertificate = defineTlsToxicType({
  name: 'tls_certificate',
  attributes: {
    /** `untrusted`, `self-signed`, `expired` or `wrong-host`. */
    problem: {kind: 'string', initial: 'untrusted'},
  },
  refuse: ({problem}) =>
    isProblem(problem) ? null : `problem must be one of ${certificateProblems.join(', ')}`,
  treat: ({problem}) => ({kind: 'certificate', problem: isProblem(problem) ? problem : 'untrusted'}),
});

const isProblem = (text: string): text is CertificateProblem =>
  certificateProblems.some(problem => problem === text);

export const tlsAlert = defineTlsToxicType({
  name: 'tls_alert',
  attributes: {
    /** The alert's number, 0 to 255: RFC 8446, 6. 40 is handshake_failure. */
    alert: {kind: 'int64', initial: 40},
  },
  refuse: ({alert}) => (alert < 0 || alert > 255 ? 'alert must be from 0 to 255' : null),
  treat: ({alert}) => ({kind: 'alert', description: alert}),
});
