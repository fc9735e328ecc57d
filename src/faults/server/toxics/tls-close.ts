// tls_close: closes the connection (FIN), or resets it (RST), once the ClientHello has come: no handshake ever happens.

import {defineTlsToxicType} from '../tls/tls-toxic-type.ts';

export const tlsClose = defineTlsToxicType({
  name: 'tls_close',
  attributes: {
    /** Whether it is reset rather than closed. */
    reset: {kind: 'bool', initial: false},
  },
  treat: ({reset}) => ({kind: 'end', ending: reset ? 'reset' : 'half-close'}),
});
