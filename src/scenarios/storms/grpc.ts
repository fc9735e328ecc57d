// What services behind gRPC, and the gateways before them, do to single calls and to their connections.
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {
  closedWindows,
  goAway,
  grpcStatus,
  httpFault,
  httpStatus,
  limitStreams,
  resetStream,
  withholdTrailers,
} from '../../model/http-fault.ts';
import {calm, type Storm, withRecoveries} from './storm.ts';

const durationMs = 2500;
/** Silence lasts longer than callers are ready to wait, so that it shows which side bounds the wait. */
const silenceMs = 3500;
/** As a gateway that lets some through. */
const probability = 0.5;

export const grpc: Storm = {
  name: 'grpc',
  summary: 'sixteen faults of gRPC, HTTP/2 and the network, each with a recovery',
  fits: 'grpc',
  phases: [
    ...calm(2000, 4000),
    ...withRecoveries(
      [
        {name: 'latency', durationMs, faults: [latency({latencyMs: 100, jitterMs: 50})]},
        {name: 'unavailable', durationMs, faults: [grpcStatus({status: 'UNAVAILABLE', probability})]},
        {
          name: 'exhausted',
          durationMs,
          faults: [grpcStatus({status: 'RESOURCE_EXHAUSTED', pushbackMs: 1000, probability})],
        },
        {
          name: 'status-lost',
          durationMs,
          faults: [grpcStatus({status: 'UNAVAILABLE', stage: 'response', probability})],
        },
        {name: 'gateway', durationMs, faults: [httpStatus({status: 503, probability})]},
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
          faults: [resetStream({stage: 'response', errorCode: 'INTERNAL_ERROR', probability})],
        },
        {name: 'no-trailers', durationMs, faults: [withholdTrailers({action: 'finish', probability})]},
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
