// Reads a request up to a cut, and then leaves the connection without an answer. The upstream gets nothing of it.

import type {Exchange, Leaving, MessageSide} from './behaviour.ts';
import {Cut, type CutAttributes} from './cut.ts';
import {type RequestHead, valuesOf} from './head.ts';

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
