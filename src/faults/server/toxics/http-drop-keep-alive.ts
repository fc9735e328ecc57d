// http_drop_keep_alive: closes the connection (FIN) after a response, having said so by `Connection: close`, or not.

import {rewriteHead} from '../http/head.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';

export const httpDropKeepAlive = defineHttpToxicType({
  name: 'http_drop_keep_alive',
  attributes: {
    /** Whether the response says `Connection: close`. */
    announce: {kind: 'bool', initial: true},
  },
  handle: (exchange, {announce}) => ({
    response: {
      head(head) {
        exchange.acted(announce ? 'close-announced' : 'close-unannounced');
        const said = announce
          ? rewriteHead(head, ['connection', 'keep-alive'], [['Connection', 'close']])
          : head.raw;
        exchange.toClient(said);
      },
      body: ({data}) => exchange.toClient(data),
      end: () => exchange.onRequestRead(() => exchange.leave('close')),
    },
  }),
});
