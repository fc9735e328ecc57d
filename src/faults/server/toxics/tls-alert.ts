// tls_alert: answers the ClientHello with a fatal alert, in the clear as the first record must be, and closes (FIN).

import {defineTlsToxicType} from '../tls/tls-toxic-type.ts';

export const tlsAlert = defineTlsToxicType({
  name: 'tls_alert',
  attributes: {
    /** The alert's number, 0 to 255: RFC 8446, 6. 40 is handshake_failure. */
    alert: {kind: 'int64', initial: 40},
  },
  refuse: ({alert}) => (alert < 0 || alert > 255 ? 'alert must be from 0 to 255' : undefined),
  treat: ({alert}) => ({kind: 'alert', description: alert}),
});
