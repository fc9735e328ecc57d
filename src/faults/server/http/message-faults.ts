// What http_fault and http2_reset_stream do to requests and responses. A request is read up to a cut, and then left without an
// answer: the upstream gets nothing of it. A response is lost, ended in its middle, or passed on shorter as if it were whole.

import type {Exchange, Leaving, MessageSide} from './behaviour.ts';
import {Cut, type CutAttributes, cutOf} from './cut.ts';
import {type HeadChange, type RequestHead, type ResponseHead, unchanged, valuesOf} from './head.ts';

export const faultRequest = (
  exchange: Exchange,
  attributes: CutAttributes,
  leaving: Leaving,
): MessageSide<RequestHead> => {
  const cut = new Cut(attributes, exchange.request.framing);
  let hasLeft = false;
  const leave = () => {
    if (hasLeft) return;
    hasLeft = true;
    exchange.acted(`request-${leaving.name}`, cut.takenBytes);
    leaving.end();
  };
  return {
    head(head) {
      if (cut.isReached) leave();
      // A client that waits for `100 Continue` would not send the body in whose middle it is to be cut: it is told to
      // go on.
      else if (expectsContinue(head)) exchange.goOn();
    },
    body(piece) {
      cut.take(piece);
      if (cut.isReached) leave();
    },
    end: leave,
  };
};

/** Whether the client waits for `100 Continue` before it sends the body. */
export const expectsContinue = ({fields, framing}: RequestHead): boolean =>
  framing.kind !== 'none' && valuesOf(fields, 'expect').some(value => value.toLowerCase() === '100-continue');

type ResponseSide = MessageSide<ResponseHead>;

/** Leaves the connection when the response begins, without any of it. */
export const loseResponse = (exchange: Exchange, leaving: Leaving): ResponseSide => ({
  head: () => leaveOnceRequested(exchange, leaving, 0),
  body: () => undefined,
  end: () => undefined,
});

/** Passes the head and the body up to the cut, and then leaves the connection. */
export const cutResponse = (
  exchange: Exchange,
  attributes: CutAttributes,
  leaving: Leaving,
): ResponseSide => {
  let cut: Cut | null = null;
  let hasLeft = false;
  const leave = () => {
    if (hasLeft) return;
    hasLeft = true;
    leaveOnceRequested(exchange, leaving, cut?.takenBytes ?? 0);
  };
  return {
    head(head) {
      cut = new Cut(attributes, head.framing);
      exchange.sendHead(head);
      if (cut.isReached) leave();
    },
    body(piece) {
      if (cut === null || hasLeft) return;
      exchange.sendBody(cut.take(piece));
      if (cut.isReached) leave();
    },
    end: leave,
  };
};

/** Passes the body up to the cut as if it were all: no client can tell by the framing. The connection goes on. */
export const shortenResponse = (exchange: Exchange, attributes: CutAttributes): ResponseSide => {
  let cut: Cut | null = null;
  let bodyBytes = 0;
  return {
    head(head) {
      cut = new Cut(attributes, head.framing);
      const {framing} = head;
      exchange.sendHead(head, framing.kind === 'length' ? shortened(framing.bytes, attributes) : unchanged);
    },
    body(piece) {
      if (cut === null || piece.kind === 'framing') return;
      bodyBytes += piece.data.length;
      const taken = cut.take(piece);
      if (taken.length > 0) exchange.sendContent(taken);
    },
    end() {
      exchange.endContent();
      const takenBytes = cut?.takenBytes ?? 0;
      if (takenBytes < bodyBytes) exchange.acted('response-finish', takenBytes);
      exchange.answered();
    },
  };
};

/** The upstream gets the whole request before the connection is left, also when it answers early. */
const leaveOnceRequested = (exchange: Exchange, leaving: Leaving, bodyBytes: number): void => {
  exchange.onRequestRead(() => {
    exchange.acted(`response-${leaving.name}`, bodyBytes);
    leaving.end();
  });
};

const shortened = (bodyBytes: number, attributes: CutAttributes): HeadChange => ({
  dropped: ['content-length'],
  added: [['Content-Length', String(cutOf(attributes, bodyBytes))]],
});
