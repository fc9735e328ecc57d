// undici's Pool when the server stops responding: with defaults, and with a bound on the wait for headers.
// Run it:  npx foulweather run ./undici-pool.ts
import {defineScenario, stall} from 'foulweather';
import {Pool} from 'undici';

const defaults: Pool.Options = {};

export default defineScenario({
  name: 'undici-pool',
  observation: 'Requests hang for minutes after the gateway stops answering.',
  target: {kind: 'http'},
  variants: [
    {name: 'defaults', options: defaults},
    {name: 'bounded', options: {headersTimeout: 500}, change: 'Set headersTimeout to 500 ms.'},
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 500},
    {name: 'baseline', role: 'baseline', durationMs: 1500},
    {name: 'stalled', role: 'fault', durationMs: 3000, faults: [stall()]},
    {name: 'recovery', role: 'recovery', durationMs: 4000},
  ],
  goals: {
    run: {hungCount: {max: 0}},
    recovery: {successRatio: {min: 0.95}, timeToRecoverMs: {max: 3000}},
  },
  subject: {
    open: ({url, options}) => new Pool(url, options),
    async perform(pool, {id}) {
      const {body} = await pool.request({path: `/echo/${id}`, method: 'GET'});
      const answer = (await body.json()) as {id: string};
      return {echoedId: answer.id};
    },
    close: pool => pool.close(),
  },
});
