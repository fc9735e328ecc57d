// http_content_length: declares `difference` bytes more, or fewer, than the body of a response has, and passes the body as it
// is. It is for responses with a Content-Length; others pass untouched.

import {rewriteHead} from '../http/head.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';

export const httpContentLength = defineHttpToxicType({
  name: 'http_content_length',
  attributes: {
    /** Bytes that are declared too many; negative: too few. */
    difference: {kind: 'int64', initial: 0},
    /**
     * Whether the connection is closed (FIN) after the body. Otherwise a client that was promised too many waits for
     * the rest.
     */
    close: {kind: 'bool', initial: false},
  },
  refuse: ({difference}) => (difference === 0 ? 'difference must not be 0' : null),
  handle: (exchange, {difference, close}) => {
    let isWrong = false;
    return {
      response: {
        head(head) {
          if (head.framing.kind !== 'length') return exchange.toClient(head.raw);
          const {bytes} = head.framing;
          const declaredBytes = Math.max(0, bytes + difference);
          isWrong = declaredBytes !== bytes;
          if (isWrong) exchange.acted('content-length', bytes);
          const declared = ['Content-Length', String(declaredBytes)] as const;
          exchange.toClient(rewriteHead(head, ['content-length'], [declared]));
        },
        body: ({data}) => exchange.toClient(data),
        end() {
          if (!isWrong) return exchange.answered();
          if (close) exchange.onRequestRead(() => exchange.leave('close'));
          else if (difference > 0) exchange.onRequestRead(() => exchange.leave('hang'));
          else exchange.answered();
        },
      },
    };
  },
});
