// A client library in Python: urllib3 with its default options waits indefinitely for a server that stalls. The second variant
// bounds its attempts and their number. The client is urllib3_client.py; its traces come from OpenTelemetry's instrumentation.
// Run it:  npx foulweather run ./urllib3.ts
import {defineScenario, program, stall} from 'foulweather';

/** An environment of its own, made at the first run. */
const environment = '.foulweather/urllib3';
const packages = [
  'urllib3==2.7.0',
  'opentelemetry-distro==0.66b1',
  'opentelemetry-exporter-otlp-proto-http==1.45.1',
  'opentelemetry-instrumentation-urllib3==0.66b1',
];
const bin = `${environment}/bin`;

export default defineScenario({
  name: 'urllib3',
  observation: 'Workers hang when the API stops answering.',
  target: {kind: 'http'},
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'bounded',
      options: {timeout: 0.8, retries: 1},
      change: 'Set a timeout of 0.8 s for each attempt, and retry once instead of three times.',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 500},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'stall', role: 'fault', durationMs: 5000, faults: [stall()]},
    {name: 'recovery', role: 'recovery', durationMs: 4000},
  ],
  goals: {run: {hungCount: {max: 0}}, recovery: {successRatio: {min: 0.99}}},
  subject: program({
    command: [`${bin}/opentelemetry-instrument`, `${bin}/python`, 'urllib3_client.py'],
    setup: [
      'sh',
      '-c',
      `test -x ${bin}/opentelemetry-instrument || { python3 -m venv ${environment} && ${bin}/pip install --quiet ${packages.join(' ')}; }`,
    ],
  }),
});
