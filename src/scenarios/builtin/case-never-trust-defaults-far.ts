// Case study: never trust defaults, on a network of 40 ms from the first connection on.
import {latency} from '../../model/fault.ts';
import {creditCase} from './credit-consumer.ts';

export default creditCase({
  name: 'case-never-trust-defaults-far',
  window: 256,
  remarks: [
    'The network has 40 ± 10 ms of latency from the first connection on, so the default meets it before it crashes.',
    'A window of 32 starves the handlers here: 32 messages per round trip of 40 ms are 800 per second, less than they can process. 256 is more than rate × round trip, and still bounds the memory.',
  ],
  judged: 'far',
  phases: [
    {name: 'far', role: 'fault', durationMs: 8000, faults: [latency({latencyMs: 40, jitterMs: 10})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
});
