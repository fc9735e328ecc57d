// Responses of the target that arrive otherwise than it sent them.

import {defineHttpToxicType} from '../http/http-toxic-type.ts';

/**
 * http_content_length: declares `difference` bytes more, or fewer, than the body of a response has, and passes the body as it
 * is. It is for responses with a Content-Length; others pass untouched.
 */
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
          if (head.framing.kind !== 'length') return exchange.sendHead(head);
          const {bytes} = head.framing;
          const declaredBytes = Math.max(0, bytes + difference);
          isWrong = declaredBytes !== bytes;
          if (isWrong) exchange.acted('content-length', bytes);
          const declared = ['Content-Length', String(declaredBytes)] as const;
          exchange.sendHead(head, {dropped: ['content-length'], added: [declared]});
        },
        body: ({data}) => exchange.sendBody(data),
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

/**
 * http_drop_keep_alive: closes the connection (FIN) after a response, having said so by `Connection: close`, or not.
 */
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
        exchange.sendHead(head, exchange.retire(announce));
      },
      body: ({data}) => exchange.sendBody(data),
      end: () => exchange.onRequestRead(() => exchange.endConnection()),
    },
  }),
});

/**
 * http_slow_body: lets the head of a response pass and drips its body at `bytes_per_second`.
 */
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
        head: head => exchange.sendHead(head),
        body({kind, data}) {
          // Framing takes no time of its own.
          if (kind === 'framing') return exchange.sendBody(data);
          exchange.acted('slow-body');
          exchange.sendBody(data, bytes_per_second);
        },
        end: () => exchange.answered(),
      },
    };
  },
});
