// http_fault: hangs, closes (FIN) or aborts (RST) in the middle of a request or of its response, or cuts the response short
// and finishes it in form. A request fault keeps the request from the upstream. A response fault lets the upstream have all
// of the request first, so that what it asked for is done and only the reply is lost.

import type {Ending, Exchange, Handling} from '../http/behaviour.ts';
import {type CutAttributes, hasCut} from '../http/cut.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';
import {cutResponse, faultRequest, loseResponse, shortenResponse} from '../http/message-faults.ts';

export const httpFault = defineHttpToxicType({
  name: 'http_fault',
  attributes: {
    /** `request` or `response`. */
    stage: {kind: 'string', initial: 'response'},
    /** `hang`, `close`, `abort`, or `finish`, which is for responses only. */
    action: {kind: 'string', initial: 'abort'},
    /** The share of the body that passes or is read, 0 to 1; −1: not given. */
    cut_ratio: {kind: 'float64', initial: -1},
    /** The bytes of the body that pass or are read; −1: not given. Without a cut: no response, or no byte of the request. */
    cut_bytes: {kind: 'int64', initial: -1},
  },
  refuse({stage, action, cut_ratio, cut_bytes}) {
    if (stage !== 'request' && stage !== 'response') return 'stage must be request or response';
    if (!isEnding(action) && action !== 'finish') return 'action must be hang, close, abort or finish';
    if (stage === 'request' && action === 'finish') return 'action finish needs stage response';
    if (cut_ratio > 1) return 'cut_ratio must be at most 1';
    return cut_ratio >= 0 && cut_bytes >= 0 ? 'give cut_ratio or cut_bytes, not both' : null;
  },
  handle(exchange, {stage, action, ...cut}) {
    if (!isEnding(action)) return finish(exchange, cut);
    const leaving = {name: action, end: () => exchange.leave(action)};
    if (stage === 'request') return {request: faultRequest(exchange, cut, leaving)};
    const response = hasCut(cut) ? cutResponse(exchange, cut, leaving) : loseResponse(exchange, leaving);
    return {response, takesSwitch: true};
  },
});

/** Without a cut, the whole response passes. */
const finish = (exchange: Exchange, cut: CutAttributes): Handling =>
  hasCut(cut) ? {response: shortenResponse(exchange, cut)} : {};

const isEnding = (action: string): action is Ending =>
  action === 'hang' || action === 'close' || action === 'abort';
