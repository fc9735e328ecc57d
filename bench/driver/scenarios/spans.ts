// A million operations, every fifth with a span of its own: what a run has to judge and to tell in the end.
import {trace} from '@opentelemetry/api';
import {defineScenario} from 'foulweather';

const scale = Number(process.env['BENCH_SCALE'] ?? 1);
const spanEvery = 5;
let count = 0;

export default defineScenario({
  name: 'spans',
  observation: 'Nothing is done, and told of.',
  target: {kind: 'http'},
  variants: [{name: 'spans', options: {}}],
  load: {model: 'open', ratePerSecond: 20_000, maxInFlight: 100_000},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 5000 * scale},
    {name: 'baseline', role: 'baseline', durationMs: 25_000 * scale},
    {name: 'recovery', role: 'recovery', durationMs: 20_500 * scale},
  ],
  goals: {run: {successRatio: {min: 0.99}}},
  subject: {
    open: () => trace.getTracer('bench'),
    perform(tracer) {
      if (count++ % spanEvery === 0) tracer.startSpan('nothing').end();
      return undefined;
    },
  },
});
