// Case study: never trust defaults, on a network of 5 ms from the first connection on.
import {latency} from '../../model/fault.ts';
import {creditCase} from './credit-consumer.ts';

export default creditCase({
  name: 'case-never-trust-defaults-near',
  window: 32,
  remarks: [
    'The network has 5 ± 2 ms of latency from the first connection on, so the default meets it before it crashes.',
    'A window of 32 is enough here: rate × round trip is about 10 messages, which leaves enough for the handlers.',
  ],
  judged: 'near',
  phases: [
    {name: 'near', role: 'fault', durationMs: 8000, faults: [latency({latencyMs: 5, jitterMs: 2})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
});
