// An HTTP client against the embedded target: the default template of `foulweather init`, with every line explained.
import {shellQuote} from '../shell-quote.ts';

export const httpTemplate = (
  fileName: string,
): string => `// A foulweather scenario: how does the library behave when the network misbehaves?
// Run it:  npx foulweather run ${shellQuote(`./${fileName}`)}
import {defineScenario, latency, refuse, resetPeer, stall} from 'foulweather';

export default defineScenario({
  name: 'my-client',

  // What a user of the library saw, in a user's words. The report begins with it.
  observation: 'Calls hang when the server stops answering.',

  // The server that the library talks to. The embedded HTTP target answers GET and POST on any path with
  // {"id": <the path's last segment>}, and keeps a ledger of attempts and effects. Instead of it:
  //   {url: 'redis://127.0.0.1:6379'}                          a server that runs already
  //   {start: ({ledger}) => ({url, stop})}                     a server of your own
  target: {kind: 'http'},

  // The first variant is the baseline; each other one names the change that it makes.
  variants: [
    {name: 'defaults', options: {timeoutMs: null}},
    {name: 'bounded', options: {timeoutMs: 1000}, change: 'Give every call a time-out of 1 s.'},
  ],

  // Open load: operations start at this rate whether or not the library keeps up. Latency counts from when
  // an operation should have started. Others: {model: 'ramp', fromPerSecond, toPerSecond, maxInFlight},
  // {model: 'bursts', burstSize, everyMs, maxInFlight}, {model: 'closed', concurrency: 10}. A phase may have its own.
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},

  // How long a caller is ready to wait, and whether doing an operation twice is the same as once.
  operation: {deadlineMs: 2000, idempotent: true},

  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'slow', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 100, jitterMs: 50})]},
    {name: 'stall', role: 'fault', durationMs: 4000, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 2000, faults: [resetPeer({afterMs: 100})]},
    {name: 'refused', role: 'fault', durationMs: 2000, faults: [refuse()]},
    {name: 'recovery', role: 'recovery', durationMs: 5000},
  ],

  // Limits per phase, or for the whole run. An unknown name is refused before anything starts.
  goals: {
    run: {hungCount: {max: 0}},
    baseline: {successRatio: {min: 0.99}},
    recovery: {successRatio: {min: 0.99}, timeToRecoverMs: {max: 3000}},
  },

  // These three run in a process of their own, with the OpenTelemetry SDK started before your library loads.
  subject: {
    // Makes the client. The url leads through the fault injector: use it, and no other.
    open: ({url, options}) => ({url, ...options}),

    // One operation. Send its id along, so that the target's ledger can tell attempts from operations.
    // The harness aborts nothing: \`signal\` fires at the deadline, and it is yours to pass on or not.
    async perform(client, {id}) {
      const response = await fetch(\`\${client.url}/echo/\${id}\`, {
        signal: client.timeoutMs === null ? null : AbortSignal.timeout(client.timeoutMs),
      });
      if (!response.ok) throw new Error(\`status \${response.status}\`);
      const answer = (await response.json()) as {id: string};
      // With this the harness notices somebody else's answer.
      return {echoedId: answer.id};
    },

    // close: client => client.close(),
  },
});
`;
