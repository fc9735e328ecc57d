// The receiver's answers: an Export…ServiceResponse or a google.rpc.Status, in the request's own encoding.
import type {Encoding, Signal} from './otlp-messages.ts';
import {otlpType} from './otlp-schema.ts';

export type OtlpResponse = {readonly contentType: string; readonly body: Buffer};

/** Items that were rejected of a request that was accepted on the whole. */
export type Rejected = {readonly count: number; readonly reason: string};

export const contentTypes: {readonly [encoding in Encoding]: string} = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

const responses = {
  traces: {type: otlpType('TracesResponse'), rejectedField: 'rejectedSpans'},
  metrics: {type: otlpType('MetricsResponse'), rejectedField: 'rejectedDataPoints'},
  logs: {type: otlpType('LogsResponse'), rejectedField: 'rejectedLogRecords'},
} as const;

const statusType = otlpType('RpcStatus');

/** The answer with status 200. A full success is the empty message, as the protocol requires. */
export const exportResponse = (signal: Signal, encoding: Encoding, rejected: Rejected): OtlpResponse => {
  const {type, rejectedField} = responses[signal];
  const partial = {[rejectedField]: rejected.count, errorMessage: rejected.reason};
  const response = rejected.count === 0 ? {} : {partialSuccess: partial};
  // 64-bit integers are strings in OTLP/JSON.
  const jsonPartial = {...partial, [rejectedField]: String(rejected.count)};
  const jsonResponse = rejected.count === 0 ? {} : {partialSuccess: jsonPartial};
  return {
    contentType: contentTypes[encoding],
    body:
      encoding === 'json'
        ? Buffer.from(JSON.stringify(jsonResponse))
        : Buffer.from(type.encode(response).finish()),
  };
};

/** The body of any other status. `rpcCode` is a google.rpc.Code. */
export const statusResponse = (encoding: Encoding, rpcCode: number, message: string): OtlpResponse => {
  const status = {code: rpcCode, message};
  return {
    contentType: contentTypes[encoding],
    body:
      encoding === 'json'
        ? Buffer.from(JSON.stringify(status))
        : Buffer.from(statusType.encode(status).finish()),
  };
};
