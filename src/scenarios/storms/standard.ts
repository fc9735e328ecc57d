// Twelve faults of the network, each with a recovery after it. All of them act on live connections, so that they reach
// a client with one connection for all as they reach one with a pool.
import {
  bandwidth,
  flap,
  halfClose,
  halfOpen,
  latency,
  refuse,
  resetAfter,
  resetPeer,
  slicer,
  stall,
  timeout,
} from '../../model/fault.ts';
import {calm, type Storm, withRecoveries} from './storm.ts';

const durationMs = 2500;
/** Silence lasts longer than callers are ready to wait, so that it shows which side bounds the wait. */
const silenceMs = 3500;

export const standard: Storm = {
  name: 'standard',
  summary: 'twelve network faults, each with a recovery',
  fits: 'tcp',
  phases: [
    ...calm(2000, 4000),
    ...withRecoveries(
      [
        {name: 'latency', durationMs, faults: [latency({latencyMs: 100, jitterMs: 50})]},
        {name: 'narrow', durationMs, faults: [bandwidth({bytesPerSecond: 20_000})]},
        {
          name: 'pieces',
          durationMs,
          faults: [slicer({averageSizeBytes: 16, sizeVariationBytes: 8, delayUs: 500})],
        },
        {name: 'stall', durationMs: silenceMs, faults: [stall()]},
        {name: 'requests-lost', durationMs: silenceMs, faults: [stall({direction: 'upstream'})]},
        {name: 'half-open', durationMs: silenceMs, faults: [halfOpen()]},
        {name: 'timeout', durationMs, faults: [timeout({timeoutMs: 500})]},
        {name: 'reset', durationMs, faults: [resetPeer()]},
        {name: 'cut-short', durationMs, faults: [resetAfter({afterBytes: 1000, afterMs: 500})]},
        {name: 'closed', durationMs, faults: [halfClose({afterMs: 300})]},
        {name: 'refused', durationMs, faults: [refuse()]},
        {name: 'flap', durationMs, faults: [flap({downMs: 400, upMs: 400})]},
      ],
      {lastRecoveryMs: 6000},
    ),
  ],
};
