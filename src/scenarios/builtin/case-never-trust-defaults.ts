// Case study: never trust defaults. A receiver accepts messages as fast as the broker sends them, and not as fast as
// it can handle them.
import {latency} from '../../model/fault.ts';
import {creditCase} from './credit-consumer.ts';

export default creditCase({
  name: 'case-never-trust-defaults',
  window: 32,
  remarks: [
    'The default runs out of memory before the slow-network phase; case-never-trust-defaults-near and -far start with 5 ms and 40 ms of latency instead. The right window depends on the latency.',
  ],
  judged: 'baseline',
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 500},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'near', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 5})]},
    {name: 'far', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 40})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
});
