// A client library in Python: urllib3 with its default options waits indefinitely for a server that stalls. The second variant
// bounds its attempts and their number. The client is urllib3_client.py. At the first run, pip installs it and OpenTelemetry's
// instrumentation of it, from which its traces come.
// Run it:  npx foulweather run ./urllib3.ts
import {defineScenario, program, stall} from 'foulweather';

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
  subject: program({command: ['python3', 'urllib3_client.py'], requirements: 'urllib3_requirements.txt'}),
});
