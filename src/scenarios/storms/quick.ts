// The four faults that every client meets, in a quarter of a minute: for a look, and for CI.
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {calm, type Storm} from './storm.ts';

export const quick: Storm = {
  name: 'quick',
  summary: 'slow, silent, reset and refused, one after the other, and one recovery',
  fits: 'tcp',
  phases: [
    ...calm(1000, 2500),
    {
      name: 'latency',
      role: 'fault',
      durationMs: 1500,
      faults: [latency({latencyMs: 50, jitterMs: 20})],
    },
    {name: 'stall', role: 'fault', durationMs: 3000, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 1500, faults: [resetPeer()]},
    {name: 'refused', role: 'fault', durationMs: 1500, faults: [refuse()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000, faults: []},
  ],
};
