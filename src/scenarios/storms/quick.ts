// The four faults that every client meets, in 20 seconds: for a first look, and for CI.
import {type Fault, latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import type {Phase} from '../../model/plan.ts';
import {calm, lastProlongedToMs, prolongedToMs, type Storm} from './storm.ts';

const fault = (name: string, durationMs: number, fault: Fault): Phase => ({
  name,
  role: 'fault',
  durationMs,
  faults: [fault],
});

/**
 * So that clients reconnect: what has no connection cannot lose it. Too short to judge a recovery, unless nothing
 * recovers.
 */
const breath = (after: string): Phase => ({
  name: `after-${after}`,
  role: 'recovery',
  durationMs: 1500,
  prolongedToMs,
  faults: [],
});

export const quick: Storm = {
  name: 'quick',
  summary: 'latency, a stall, resets and refused connections, each with a short recovery',
  fits: 'tcp',
  phases: [
    ...calm(1000, 2500),
    fault('latency', 1500, latency({latencyMs: 50, jitterMs: 20})),
    fault('stall', 3000, stall()),
    breath('stall'),
    fault('reset', 1500, resetPeer()),
    breath('reset'),
    fault('refused', 1500, refuse()),
    {
      name: 'recovery',
      role: 'recovery',
      durationMs: 6000,
      prolongedToMs: lastProlongedToMs,
      faults: [],
    },
  ],
};
