// http_slow_body: lets the head of a response pass and drips its body at `bytes_per_second`.

import {defineHttpToxicType} from '../http/http-toxic-type.ts';

export const httpSlowBody = defineHttpToxicType({
  name: 'http_slow_body',
  attributes: {
    /** Bytes of the body per second, at least 1. */
    bytes_per_second: {kind: 'int64', initial: 1000},
  },
  refuse: ({bytes_per_second}) => (bytes_per_second < 1 ? 'bytes_per_second must be at least 1' : null),
  handle: (exchange, {bytes_per_second}) => {
    return {
      response: {
        head: head => exchange.toClient(head.raw),
        body({kind, data}) {
          // Framing takes no time of its own.
          if (kind === 'framing') return exchange.toClient(data);
          exchange.acted('slow-body');
          exchange.toClient(data, bytes_per_second);
        },
        end: () => exchange.answered(),
      },
    };
  },
});
