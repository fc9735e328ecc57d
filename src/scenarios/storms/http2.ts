// What servers of HTTP/2, and the gateways before them, do to single streams and to their connections.
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {
  closedWindows,
  goAway,
  httpFault,
  httpStatus,
  limitStreams,
  resetStream,
  slowBody,
} from '../../model/http-fault.ts';
import {calm, type Storm, withRecoveries} from './storm.ts';

const durationMs = 2500;
/** Silence lasts longer than callers are ready to wait, so that it shows which side bounds the wait. */
const silenceMs = 3500;
/** As a gateway that lets some through. */
const probability = 0.5;

export const http2: Storm = {
  name: 'http2',
  summary: 'thirteen faults of HTTP/2 and the network, each with a recovery',
  fits: 'http2',
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
          name: 'no-answer',
          durationMs: silenceMs,
          faults: [httpFault({stage: 'response', action: 'hang', probability})],
        },
        {
          name: 'refused-stream',
          durationMs,
          faults: [resetStream({stage: 'request', errorCode: 'REFUSED_STREAM', probability})],
        },
        {
          name: 'reset-stream',
          durationMs,
          faults: [resetStream({stage: 'response', errorCode: 'INTERNAL_ERROR', cutRatio: 0.5, probability})],
        },
        {name: 'slow-body', durationMs, faults: [slowBody({bytesPerSecond: 20})]},
        {name: 'drained', durationMs, faults: [goAway({nth: 10})]},
        {
          name: 'calm-down',
          durationMs,
          faults: [goAway({errorCode: 'ENHANCE_YOUR_CALM', text: 'too_many_pings', nth: 20})],
        },
        {name: 'few-streams', durationMs, faults: [limitStreams({streamLimit: 1})]},
        {name: 'closed-windows', durationMs: silenceMs, faults: [closedWindows()]},
        {name: 'stall', durationMs: silenceMs, faults: [stall()]},
        {name: 'reset', durationMs, faults: [resetPeer()]},
        {name: 'refused', durationMs, faults: [refuse()]},
      ],
      {lastRecoveryMs: 6000},
    ),
  ],
};
