// What http_fault does to responses: loses them, ends the connection in the middle of them, or passes a shorter one
// as if it were whole.

import type {Ending, Exchange, MessageSide} from './behaviour.ts';
import {Cut, type CutAttributes, cutOf} from './cut.ts';
import {type ResponseHead, rewriteHead} from './head.ts';

type ResponseSide = MessageSide<ResponseHead>;

/** Leaves the connection when the response begins, without any of it. */
export const loseResponse = (exchange: Exchange, ending: Ending): ResponseSide => ({
  head: () => leaveOnceRequested(exchange, ending, 0),
  body: () => undefined,
  end: () => undefined,
});

/** Passes the head and the body up to the cut, and then leaves the connection. */
export const cutResponse = (exchange: Exchange, attributes: CutAttributes, ending: Ending): ResponseSide => {
  let cut: Cut | null = null;
  let hasLeft = false;
  const leave = () => {
    if (hasLeft) return;
    hasLeft = true;
    leaveOnceRequested(exchange, ending, cut?.takenBytes ?? 0);
  };
  return {
    head(head) {
      cut = new Cut(attributes, head.framing);
      exchange.toClient(head.raw);
      if (cut.isReached) leave();
    },
    body(piece) {
      if (cut === null || hasLeft) return;
      exchange.toClient(cut.take(piece));
      if (cut.isReached) leave();
    },
    end: leave,
  };
};

/** Passes the body up to the cut as if it were all: no client can tell by the framing. The connection goes on. */
export const shortenResponse = (exchange: Exchange, attributes: CutAttributes): ResponseSide => {
  let cut: Cut | null = null;
  let isChunked = false;
  let bodyBytes = 0;
  return {
    head(head) {
      cut = new Cut(attributes, head.framing);
      isChunked = head.framing.kind === 'chunked';
      exchange.toClient(
        head.framing.kind === 'length' ? shortened(head, head.framing.bytes, attributes) : head.raw,
      );
    },
    body(piece) {
      if (cut === null || piece.kind === 'framing') return;
      bodyBytes += piece.data.length;
      const taken = cut.take(piece);
      if (taken.length === 0) return;
      exchange.toClient(isChunked ? chunkOf(taken) : taken);
    },
    end() {
      if (isChunked) exchange.toClient(Buffer.from('0\r\n\r\n'));
      const takenBytes = cut?.takenBytes ?? 0;
      if (takenBytes < bodyBytes) exchange.acted('response-finish', takenBytes);
      exchange.answered();
    },
  };
};

/** The upstream gets the whole request before the connection is left, also when it answers early. */
const leaveOnceRequested = (exchange: Exchange, ending: Ending, bodyBytes: number): void => {
  exchange.onRequestRead(() => {
    exchange.acted(`response-${ending}`, bodyBytes);
    exchange.leave(ending);
  });
};

const shortened = (head: ResponseHead, bodyBytes: number, attributes: CutAttributes): Buffer =>
  rewriteHead(head, ['content-length'], [['Content-Length', String(cutOf(attributes, bodyBytes))]]);

const chunkOf = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
