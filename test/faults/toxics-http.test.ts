// Every constructor of an HTTP fault, by way of the scenario's check, to what the injector's API takes.
import test from 'ava';
import {needsEmbedded, toToxic} from '../../src/faults/toxics.ts';
import type {Fault} from '../../src/model/fault.ts';
import {
  closedWindows,
  dropKeepAlive,
  goAway,
  grpcStatus,
  httpFault,
  httpStatus,
  ignorePings,
  limitStreams,
  malformedResponse,
  resetStream,
  slowBody,
  withholdTrailers,
  wrongContentLength,
} from '../../src/model/http-fault.ts';
import {plannedFaultSchema} from '../../src/model/schema/scenario.ts';
import {describeFault} from '../../src/report/blocks/faults.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

const becomes = test.macro({
  title: (_title, _fault: Fault, _type: string, _attributes: Attributes, words: string) => words,
  exec(t, fault: Fault, type: string, attributes: Attributes, words: string) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    t.deepEqual(toToxic('phase-1', fault, 1000), {
      name: 'phase-1',
      stream: 'downstream',
      toxicity: 1,
      type,
      attributes: {method: '', path: '', ...attributes},
    });
    t.true(needsEmbedded(fault));
    t.is(describeFault(fault), words);
  },
});

const plain = {body: '', content_type: 'text/plain; charset=utf-8', close: false, early: false};
const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
test(
  becomes,
  httpStatus({status: 503, retryAfterSeconds: 7, method: 'GET', path: '/things/*'}),
  'http_status',
  {...plain, status: 503, retry_after: '7', method: 'GET', path: '/things/*'},
  "status 503 with Retry-After: 7 instead of the target's response (GET /things/*)",
);
test(
  becomes,
  httpStatus({status: 429, retryAfterDate: 2, body: '{}', contentType: 'application/json', close: true}),
  'http_status',
  {status: 429, retry_after: '+2', body: '{}', content_type: 'application/json', close: true, early: false},
  "status 429 with Retry-After: a date 2 s ahead instead of the target's response",
);
test(
  becomes,
  httpStatus({status: 500, retryAfterDate: date}),
  'http_status',
  {...plain, status: 500, retry_after: date},
  `status 500 with Retry-After: ${date} instead of the target's response`,
);
test(
  becomes,
  httpStatus({status: 413, early: true}),
  'http_status',
  {...plain, status: 413, retry_after: '', early: true},
  "status 413 instead of the target's response, before the request is complete",
);
for (const [how, words] of [
  ['stray-bytes', 'stray bytes after the response'],
  ['endless-head', 'response headers without end'],
  ['twice', 'response sent twice'],
] as const)
  test(becomes, malformedResponse({how}), 'http_malformed', {how}, words);
test(
  becomes,
  httpFault({stage: 'response', action: 'abort', cutRatio: 0.5}),
  'http_fault',
  {stage: 'response', action: 'abort', cut_ratio: 0.5, cut_bytes: -1},
  '50.0% of the response body, then a reset (RST)',
);
test(
  becomes,
  httpFault({stage: 'request', action: 'hang', cutBytes: 10}),
  'http_fault',
  {stage: 'request', action: 'hang', cut_ratio: -1, cut_bytes: 10},
  'request kept from the target, 10 B of the request body read, then silence',
);
test(
  becomes,
  slowBody({bytesPerSecond: 100}),
  'http_slow_body',
  {bytes_per_second: 100},
  'response bodies at 100 B/s',
);
test(
  becomes,
  wrongContentLength({differenceBytes: -5}),
  'http_content_length',
  {difference: -5, close: false},
  'Content-Length 5 B too small',
);
test(
  becomes,
  dropKeepAlive({announce: false}),
  'http_drop_keep_alive',
  {announce: false},
  'connection closed after the response without notice',
);

test(
  becomes,
  goAway(),
  'http2_goaway',
  {error_code: 'NO_ERROR', served: true, text: ''},
  'GOAWAY with NO_ERROR',
);
test(
  becomes,
  goAway({errorCode: 'ENHANCE_YOUR_CALM', served: false, text: 'too_many_pings', path: '/a'}),
  'http2_goaway',
  {error_code: 'ENHANCE_YOUR_CALM', served: false, text: 'too_many_pings', path: '/a'},
  'GOAWAY with ENHANCE_YOUR_CALM (too_many_pings), request not served (/a)',
);
test(
  becomes,
  resetStream({stage: 'request', errorCode: 'REFUSED_STREAM'}),
  'http2_reset_stream',
  {stage: 'request', error_code: 'REFUSED_STREAM', cut_ratio: -1, cut_bytes: -1},
  'request kept from the target, RST_STREAM with REFUSED_STREAM',
);
test(
  becomes,
  resetStream({stage: 'response', errorCode: 'CANCEL', cutRatio: 0.5}),
  'http2_reset_stream',
  {stage: 'response', error_code: 'CANCEL', cut_ratio: 0.5, cut_bytes: -1},
  '50.0% of the response body, then RST_STREAM with CANCEL',
);
test(
  becomes,
  grpcStatus({status: 'RESOURCE_EXHAUSTED', pushbackMs: 1500}),
  'grpc_status',
  {status: 'RESOURCE_EXHAUSTED', message: '', pushback: '1500', stage: 'request'},
  "gRPC status RESOURCE_EXHAUSTED and a pushback of 1500 ms instead of the target's response",
);
test(
  becomes,
  grpcStatus({status: 'INTERNAL', message: 'no', stage: 'response'}),
  'grpc_status',
  {status: 'INTERNAL', message: 'no', pushback: '', stage: 'response'},
  "gRPC status INTERNAL instead of the target's status",
);
test(
  becomes,
  withholdTrailers({action: 'hang'}),
  'http2_trailers',
  {action: 'hang'},
  'response without its trailers, then silence',
);

const settles = test.macro({
  title: (_title, _fault: Fault, _type: string, _attributes: Attributes, words: string) => words,
  exec(t, fault: Fault, type: string, attributes: Attributes, words: string) {
    t.deepEqual(plannedFaultSchema.parse(fault), fault);
    t.like(toToxic('phase-1', fault, 1000), {type, attributes, stream: 'downstream'});
    t.true(needsEmbedded(fault));
    t.is(describeFault(fault), words);
  },
});

test(settles, limitStreams({streamLimit: 2}), 'http2_streams', {streams: 2}, 'at most 2 streams at a time');
test(settles, closedWindows(), 'http2_windows', {}, 'windows for request bodies never opened');
test(
  settles,
  ignorePings({probability: 0.5}),
  'http2_pings',
  {},
  'PINGs not answered, on 50.0% of the connections',
);

test('dice are rolled for requests', t => {
  const fault = httpStatus({status: 500, probability: 0.5, firstN: 1});
  t.is(
    describeFault(fault),
    "status 500 instead of the target's response, on 50.0% of the requests, on the first 1 request only",
  );
});

for (const fault of [
  {kind: 'httpStatus', status: 200},
  {kind: 'httpStatus', status: 503, retryAfter: 'soon'},
  {kind: 'httpFault', stage: 'request', action: 'finish'},
  {kind: 'httpFault', stage: 'response', action: 'close', cutRatio: 0.5, cutBytes: 1},
  {kind: 'httpFault', stage: 'response', action: 'close', cutRatio: 1.5},
  {kind: 'slowBody', bytesPerSecond: 0},
  {kind: 'wrongContentLength', differenceBytes: 0},
  {kind: 'dropKeepAlive', method: 'GET /'},
  {kind: 'malformedResponse', how: 'odd'},
  {kind: 'malformedResponse'},
  {kind: 'goAway', errorCode: 'CALM'},
  {kind: 'resetStream', stage: 'response'},
  {kind: 'resetStream', stage: 'response', errorCode: 'CANCEL', cutRatio: 0.5, cutBytes: 1},
  {kind: 'limitStreams', streamLimit: -1},
  {kind: 'limitStreams', streamLimit: 1, method: 'GET'},
  {kind: 'grpcStatus', status: 'BUSY'},
  {kind: 'grpcStatus', status: 'UNAVAILABLE', pushbackMs: 0.5},
  {kind: 'withholdTrailers'},
]) {
  test(`${JSON.stringify(fault)} is refused`, t => {
    t.false(plannedFaultSchema.safeParse(fault).success);
  });
}
