// Ten million operations that do nothing: what remains is what the harness itself keeps.
import {defineScenario} from 'foulweather';

const scale = Number(process.env['BENCH_SCALE'] ?? 1);

export default defineScenario({
  name: 'nothing',
  observation: 'Nothing is done, very often.',
  target: {kind: 'http'},
  variants: [
    {name: 'as-it-is', options: {}},
    // Else V8 sets aside more for young objects the longer a process runs, whatever stays alive of them.
    {name: 'young-held', options: {}, process: {env: {NODE_OPTIONS: '--max-semi-space-size=16'}}},
  ],
  load: {model: 'open', ratePerSecond: 100_000, maxInFlight: 100_000},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [{name: 'soak', role: 'baseline', durationMs: 101_000 * scale}],
  subject: {open: () => null, perform: () => undefined},
});
