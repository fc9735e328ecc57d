// What servers, gateways and load balancers do to single requests, beside the worst faults of the network.
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {dropKeepAlive, httpFault, httpStatus, slowBody, wrongContentLength} from '../../model/http-fault.ts';
import {calm, type Storm, withRecoveries} from './storm.ts';

const durationMs = 2500;
/** Silence lasts longer than callers are ready to wait, so that it shows which side bounds the wait. */
const silenceMs = 3500;
/** As a gateway that lets some through. */
const probability = 0.5;

export const http: Storm = {
  name: 'http',
  summary: 'sixteen HTTP/1.1 and network faults, each with a recovery',
  fits: 'http',
  phases: [
    ...calm(2000, 4000),
    ...withRecoveries(
      [
        {name: 'latency', durationMs, faults: [latency({latencyMs: 100, jitterMs: 50})]},
        {
          name: 'unavailable',
          durationMs,
          faults: [httpStatus({status: 503, retryAfterSeconds: 1, probability})],
        },
        {
          name: 'too-many',
          durationMs,
          faults: [httpStatus({status: 429, retryAfterDate: 1, probability})],
        },
        {name: 'server-error', durationMs, faults: [httpStatus({status: 500, probability})]},
        {name: 'bad-gateway', durationMs, faults: [httpStatus({status: 502, close: true, probability})]},
        {
          name: 'no-answer',
          durationMs: silenceMs,
          faults: [httpFault({stage: 'response', action: 'hang', probability})],
        },
        {
          name: 'reply-lost',
          durationMs,
          faults: [httpFault({stage: 'response', action: 'abort', probability})],
        },
        {
          name: 'half-answer',
          durationMs,
          faults: [httpFault({stage: 'response', action: 'close', cutRatio: 0.5, probability})],
        },
        {
          name: 'answer-hangs',
          durationMs: silenceMs,
          faults: [httpFault({stage: 'response', action: 'hang', cutRatio: 0.5, probability})],
        },
        {
          name: 'request-cut',
          durationMs,
          faults: [httpFault({stage: 'request', action: 'abort', probability})],
        },
        {name: 'slow-body', durationMs, faults: [slowBody({bytesPerSecond: 20})]},
        {
          name: 'wrong-length',
          durationMs,
          faults: [wrongContentLength({differenceBytes: 10, close: true, probability})],
        },
        {name: 'keep-alive-dropped', durationMs, faults: [dropKeepAlive({announce: false})]},
        {name: 'stall', durationMs: silenceMs, faults: [stall()]},
        {name: 'reset', durationMs, faults: [resetPeer()]},
        {name: 'refused', durationMs, faults: [refuse()]},
      ],
      {lastRecoveryMs: 6000},
    ),
  ],
};
