// Ten million operations that do nothing: what remains is what the harness itself keeps.
import {defineScenario} from 'foulweather';

const scale = Number(process.env['BENCH_SCALE'] ?? 1);

export default defineScenario({
  name: 'nothing',
  observation: 'Nothing is done, very often.',
  target: {kind: 'http'},
  variants: [{name: 'nothing', options: {}}],
  load: {model: 'open', ratePerSecond: 100_000, maxInFlight: 100_000},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [{name: 'soak', role: 'baseline', durationMs: 101_000 * scale}],
  subject: {open: () => null, perform: () => undefined},
});
