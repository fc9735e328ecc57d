// undici's Pool as a user gets it, against one whose waits are bounded, in front of a server that stops answering.
import {interceptors, Pool} from 'undici';
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';

const defaults: {
  pool: Pool.Options;
  retry: {maxRetries: number; minTimeout: number; maxTimeout: number} | null;
} = {
  pool: {},
  retry: null,
};

const bounded: typeof defaults = {
  pool: {headersTimeout: 750, bodyTimeout: 750, connect: {timeout: 750}},
  retry: {maxRetries: 2, minTimeout: 100, maxTimeout: 400},
};

export default defineScenario({
  name: 'undici-stall',
  observation:
    'Requests hang for minutes after the gateway stops answering, and the service behind them with it.',
  target: {kind: 'http'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Bound every wait (headers, body and connect: 750 ms each), and retry a lost connection at most twice, with a growing pause.',
    },
  ],
  load: {model: 'open', ratePerSecond: 200, maxInFlight: 1000},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1500},
    {name: 'baseline', role: 'baseline', durationMs: 4000},
    {name: 'latency', role: 'fault', durationMs: 3000, faults: [latency({latencyMs: 100, jitterMs: 50})]},
    {name: 'stall', role: 'fault', durationMs: 4500, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 2500, faults: [resetPeer()]},
    {name: 'refused', role: 'fault', durationMs: 2500, faults: [refuse()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}, wrongCount: {max: 0}},
    baseline: {successRatio: {min: 0.999}},
    latency: {successRatio: {min: 0.99}},
    recovery: {successRatio: {min: 0.99}, timeToRecoverMs: {max: 3000}},
  },
  subject: {
    open({url, options}) {
      const pool = new Pool(url, options.pool);
      return options.retry ? pool.compose(interceptors.retry(options.retry)) : pool;
    },
    async perform(pool, {id}) {
      const {statusCode, body} = await pool.request({path: `/echo/${id}`, method: 'GET'});
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      const answer = (await body.json()) as {id: unknown};
      return {echoedId: answer.id};
    },
    close: pool => pool.close(),
  },
});
