// http_malformed: responses of the target that arrive as no server should send them: with bytes after their end, with a head that
// never ends, or twice. Of HTTP/1 only, where nothing but the bytes themselves says what belongs to which response.

import {malformations} from '../../../model/http-codes.ts';
import type {Exchange, MessageSide} from '../http/behaviour.ts';
import type {ResponseHead} from '../http/head.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';

type ResponseSide = MessageSide<ResponseHead>;

/** What comes after a response that has gone by. */
type After = {
  /** A part of the response. */
  readonly add: (data: Buffer) => void;
  /** Null: nothing after all. */
  readonly bytes: () => Buffer | null;
};

const stray = Buffer.from('stray bytes\r\n');
const strayBytes: After = {add: () => undefined, bytes: () => stray};

/** A response that is larger passes once. */
const largestCopyBytes = 64 * 1024;

const sameAgain = (): After => {
  let parts: Buffer[] | null = [];
  let bytes = 0;
  return {
    add(data) {
      bytes += data.length;
      if (bytes > largestCopyBytes) parts = null;
      parts?.push(Buffer.from(data));
    },
    bytes: () => (parts === null ? null : Buffer.concat(parts)),
  };
};

/** The response as it came, and then more. One that ends with its connection has nothing after its end. */
const followedBy = (exchange: Exchange, how: string, after: After): ResponseSide => {
  let hasEnd = false;
  return {
    head(head) {
      hasEnd = head.framing.kind !== 'until-close';
      after.add(head.raw);
      exchange.sendHead(head);
    },
    body({data}) {
      after.add(data);
      exchange.sendBody(data);
    },
    end() {
      const more = hasEnd ? after.bytes() : null;
      if (more !== null) {
        exchange.acted(how);
        exchange.sendBody(more);
      }
      exchange.answered();
    },
  };
};

/** Header fields as they follow each other without end, 100 bytes each. */
const endlessFields = Buffer.from(`X-Padding: ${'x'.repeat(87)}\r\n`.repeat(50));
/** Clients that limit their headers have had enough of it within a second; those that do not can be seen to grow. */
const endlessBytesPerSecond = 100_000;

const emptyLineBytes = 2;

/** The head as it came, but for the empty line that ends it, and more and more fields. The upstream gets the whole request first. */
const withEndlessHead = (exchange: Exchange): ResponseSide => ({
  head: ({raw}) =>
    exchange.onRequestRead(() => {
      exchange.acted('endless-head');
      exchange.sendBody(raw.subarray(0, -emptyLineBytes));
      exchange.http1?.sendEndlessly(endlessFields, endlessBytesPerSecond);
    }),
  body: () => undefined,
  end: () => undefined,
});

export const httpMalformed = defineHttpToxicType({
  name: 'http_malformed',
  attributes: {
    /** `stray-bytes`, `endless-head` or `twice`. */
    how: {kind: 'string', initial: 'stray-bytes'},
  },
  version: 'http/1',
  refuse: ({how}) =>
    malformations.some(name => name === how) ? null : `how must be one of ${malformations.join(', ')}`,
  handle(exchange, {how}) {
    if (how === 'endless-head') return {response: withEndlessHead(exchange)};
    return {response: followedBy(exchange, how, how === 'twice' ? sameAgain() : strayBytes)};
  },
});
