// tls_certificate: answers the handshake itself, with a certificate that the client should refuse. A client that does not
// gets through to the upstream. See tls/termination.ts.

import {type CertificateProblem, certificateProblems} from '../tls/behaviour.ts';
import {defineTlsToxicType} from '../tls/tls-toxic-type.ts';

export const tlsCertificate = defineTlsToxicType({
  name: 'tls_certificate',
  attributes: {
    /** `untrusted`, `self-signed`, `expired` or `wrong-host`. */
    problem: {kind: 'string', initial: 'untrusted'},
  },
  refuse: ({problem}) =>
    isProblem(problem) ? undefined : `problem must be one of ${certificateProblems.join(', ')}`,
  treat: ({problem}) => ({kind: 'certificate', problem: isProblem(problem) ? problem : 'untrusted'}),
});

const isProblem = (text: string): text is CertificateProblem =>
  certificateProblems.some(problem => problem === text);
