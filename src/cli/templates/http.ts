// An HTTP client against the built-in server: the default template of `foulweather init`, with every line explained.
import {shellQuote} from '../shell-quote.ts';

export const httpTemplate = (
  fileName: string,
): string => `// A foulweather scenario: how does the library behave when the network misbehaves?
// Run it:  npx foulweather run ${shellQuote(`./${fileName}`)}
import {defineScenario, latency, refuse, resetPeer, stall} from 'foulweather';

export default defineScenario({
  name: 'my-client',

  // What a user of the library noticed, in their words. The report opens with it.
  observation: 'Calls hang when the server stops answering.',

  // The server that the library talks to. The built-in HTTP server answers GET and POST on any path with
  // {"id": <last segment of the path>}, and counts attempts and effects. Alternatives:
  //   {url: 'http://127.0.0.1:8080'}           a server that is already running
  //   {start: ({ledger}) => ({url, stop})}     a server that this file starts
  target: {kind: 'http'},

  // The first variant is the baseline; every other one says what it changes.
  variants: [
    {name: 'defaults', options: {timeoutMs: null}},
    {name: 'bounded', options: {timeoutMs: 1000}, change: 'Give every call a timeout of 1 s.'},
  ],

  // Open load: operations start at this rate whether or not the library keeps up, and latency is measured
  // from the scheduled start. Alternatives: {model: 'ramp', fromPerSecond, toPerSecond, maxInFlight},
  // {model: 'bursts', burstSize, everyMs, maxInFlight}, {model: 'closed', concurrency}. A phase can have its own load.
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},

  // How long a caller is willing to wait, and whether doing an operation twice is the same as doing it once.
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

  // Limits per phase, or for the whole run.
  goals: {
    run: {hungCount: {max: 0}},
    baseline: {successRatio: {min: 0.99}},
    recovery: {successRatio: {min: 0.99}, timeToRecoverMs: {max: 3000}},
  },

  // These run in a separate process, in which the OpenTelemetry SDK starts before your library loads.
  subject: {
    // Creates the client. The URL leads through the fault injector: use no other.
    open: ({url, options}) => ({url, ...options}),

    // One operation. Send its id, so that the server can count attempts and effects per operation.
    // foulweather never aborts an operation itself. The context also has a \`signal\` that fires at the deadline;
    // pass it on if your application does.
    async perform(client, {id}) {
      const response = await fetch(\`\${client.url}/echo/\${id}\`, {
        signal: client.timeoutMs === null ? null : AbortSignal.timeout(client.timeoutMs),
      });
      if (!response.ok) throw new Error(\`status \${response.status}\`);
      const answer = (await response.json()) as {id: string};
      // Lets foulweather notice an answer that belongs to another operation.
      return {echoedId: answer.id};
    },

    // close: client => client.close(),
  },
});
`;
