// What only HTTP/2 has: ends of streams and of connections by code, settings, windows, PINGs and trailers.

import {grpcStatuses, http2ErrorCodes} from '../../../model/http-codes.ts';
import type {Ending, Exchange, Handling} from '../http/behaviour.ts';
import {hasCut} from '../http/cut.ts';
import {type HeaderField, valuesOf} from '../http/head.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';
import {cutResponse, faultRequest, loseResponse} from '../http/message-faults.ts';
import {defineToxicType, type ToxicType} from '../toxic-type.ts';

const codeOf = (names: readonly string[], name: string): number => names.indexOf(name);

const refuseName = (attribute: string, names: readonly string[], name: string): string | null =>
  names.includes(name) ? null : `${attribute} must be one of ${names.join(', ')}`;

/**
 * http2_goaway: says GOAWAY when a request comes. With NO_ERROR the connection ends once what it serves is over; with any other
 * code it ends at once.
 */
const http2GoAway = defineHttpToxicType({
  name: 'http2_goaway',
  attributes: {
    /** Its name. */
    error_code: {kind: 'string', initial: 'NO_ERROR'},
    /** Whether the request is among those that the GOAWAY says are served; otherwise the target gets nothing of it. */
    served: {kind: 'bool', initial: true},
    /** The debug data. */
    text: {kind: 'string', initial: ''},
  },
  version: 'http/2',
  refuse: ({error_code}) => refuseName('error_code', http2ErrorCodes, error_code),
  handle(exchange, {error_code, served, text}) {
    exchange.acted(`goaway-${error_code}`);
    exchange.http2?.goAway({code: codeOf(http2ErrorCodes, error_code), text, isTaken: served});
    return {};
  },
});

/** http2_reset_stream: ends the stream by a RST_STREAM, before, within or after the body of the request or of its response. */
const http2ResetStream = defineHttpToxicType({
  name: 'http2_reset_stream',
  attributes: {
    /** Its name. */
    error_code: {kind: 'string', initial: 'INTERNAL_ERROR'},
    /** `request`: the target gets nothing of it; or `response`: it gets all of it first. */
    stage: {kind: 'string', initial: 'response'},
    /** The share of the body that passes or is read, 0 to 1; −1: not given. */
    cut_ratio: {kind: 'float64', initial: -1},
    /** The bytes of the body that pass or are read; −1: not given. Without a cut: before the head of the response. */
    cut_bytes: {kind: 'int64', initial: -1},
  },
  version: 'http/2',
  refuse({error_code, stage, cut_ratio, cut_bytes}) {
    if (stage !== 'request' && stage !== 'response') return 'stage must be request or response';
    if (cut_ratio > 1) return 'cut_ratio must be at most 1';
    if (cut_ratio >= 0 && cut_bytes >= 0) return 'give cut_ratio or cut_bytes, not both';
    return refuseName('error_code', http2ErrorCodes, error_code);
  },
  handle(exchange, {error_code, stage, ...cut}) {
    const code = codeOf(http2ErrorCodes, error_code);
    const ending = {name: error_code, end: () => exchange.http2?.reset(code)};
    if (stage === 'request') return {request: faultRequest(exchange, cut, ending)};
    return {response: hasCut(cut) ? cutResponse(exchange, cut, ending) : loseResponse(exchange, ending)};
  },
});

/** grpc_status: answers a call with a status in the target's place, or changes the one that the target answered. */
const grpcStatus = defineHttpToxicType({
  name: 'grpc_status',
  attributes: {
    /** Its name. */
    status: {kind: 'string', initial: 'UNAVAILABLE'},
    message: {kind: 'string', initial: ''},
    /** `grpc-retry-pushback-ms`, in which a negative number forbids to try again; empty: not sent. */
    pushback: {kind: 'string', initial: ''},
    /** `request`: the target gets nothing of it; or `response`: it gets all of it first, and what it says passes but for the status. */
    stage: {kind: 'string', initial: 'request'},
  },
  version: 'http/2',
  refuse({status, pushback, stage}) {
    if (stage !== 'request' && stage !== 'response') return 'stage must be request or response';
    if (!/^(?:-?\d{1,9})?$/.test(pushback)) return 'pushback must be a number of milliseconds, or empty';
    return refuseName('status', grpcStatuses, status);
  },
  handle(exchange, {status, message, pushback, stage}) {
    const fields: readonly HeaderField[] = [
      ['grpc-status', String(codeOf(grpcStatuses, status))],
      ...(message === '' ? [] : [['grpc-message', percentEncoded(message)] as const]),
      ...(pushback === '' ? [] : [['grpc-retry-pushback-ms', pushback] as const]),
    ];
    const action = `grpc-${status}`;
    return stage === 'request'
      ? answerWithStatus(exchange, fields, action)
      : changeStatus(exchange, fields, action);
  },
});

/** As gRPC wants it: all but printable ASCII, and the percent sign. */
const percentEncoded = (text: string): string =>
  text.toWellFormed().replaceAll(/[^ -$&-~]+/g, encodeURIComponent);

const answerWithStatus = (exchange: Exchange, fields: readonly HeaderField[], action: string): Handling => ({
  request: {
    head({fields: asked}) {
      exchange.acted(action);
      const [type = 'application/grpc'] = valuesOf(asked, 'content-type');
      exchange.http2?.answerHead([[':status', '200'], ['content-type', type], ...fields]);
    },
    body: () => undefined,
    end: () => undefined,
  },
});

const ofStatus = ['grpc-status', 'grpc-message', 'grpc-status-details-bin', 'grpc-retry-pushback-ms'];

const changeStatus = (exchange: Exchange, fields: readonly HeaderField[], action: string): Handling => ({
  response: {
    // An answer without messages has its status here.
    head: head => exchange.sendHead(head, {dropped: ofStatus, added: []}),
    body: ({data}) => exchange.sendBody(data),
    end(trailers = []) {
      exchange.acted(action);
      exchange.http2?.endWith([...trailers.filter(([name]) => !ofStatus.includes(name)), ...fields]);
    },
  },
});

const trailerActions = ['hang', 'close', 'abort', 'finish'] as const satisfies readonly (Ending | 'finish')[];

/** http2_trailers: lets a response pass, but for its trailers. */
const http2Trailers = defineHttpToxicType({
  name: 'http2_trailers',
  attributes: {
    /** What comes in their place: nothing (`hang`), a RST_STREAM (`close`: CANCEL, `abort`: INTERNAL_ERROR), or the end (`finish`). */
    action: {kind: 'string', initial: 'finish'},
  },
  version: 'http/2',
  refuse: ({action}) => refuseName('action', trailerActions, action),
  handle: (exchange, {action}) => ({
    response: {
      head: head => exchange.sendHead(head),
      body: ({data}) => exchange.sendBody(data),
      end(trailers = []) {
        if (trailers.length === 0) return exchange.answered();
        exchange.acted(`trailers-${action}`);
        if (action === 'hang' || action === 'close' || action === 'abort') exchange.leave(action);
        else exchange.http2?.endWith([]);
      },
    },
  }),
});

/** http2_streams: lowers SETTINGS_MAX_CONCURRENT_STREAMS. */
const http2Streams = defineToxicType({
  name: 'http2_streams',
  attributes: {
    /** How many streams a client may have open on a connection, at least 0. */
    streams: {kind: 'int64', initial: 1},
  },
  refuse: ({streams}) =>
    streams < 0 || streams > 2 ** 31 - 1 ? 'streams must be from 0 to 2147483647' : null,
  http2: ({streams}) => ({kind: 'streams', limit: streams}),
});

/** http2_windows: never grants the client the window that the target grants it. */
const http2Windows = defineToxicType({
  name: 'http2_windows',
  attributes: {},
  http2: () => ({kind: 'windows'}),
});

/** http2_pings: leaves the client's PINGs without an answer. */
const http2Pings = defineToxicType({name: 'http2_pings', attributes: {}, http2: () => ({kind: 'pings'})});

export const http2Toxics: readonly ToxicType[] = [
  grpcStatus,
  http2GoAway,
  http2Pings,
  http2ResetStream,
  http2Streams,
  http2Trailers,
  http2Windows,
];
