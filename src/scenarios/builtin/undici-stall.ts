// undici's Pool with its defaults, and one with bounded waits, in front of a server that stops answering.
import {interceptors, Pool} from 'undici';
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';

type Retry = {maxRetries: number; baseMs: number; maxMs: number; maxTokens: number; tokenRatio: number};

const defaults: {pool: Pool.Options; retry: Retry | null} = {pool: {}, retry: null};

const bounded: typeof defaults = {
  pool: {headersTimeout: 750, bodyTimeout: 750, connect: {timeout: 750}},
  retry: {maxRetries: 2, baseMs: 100, maxMs: 400, maxTokens: 20, tokenRatio: 0.1},
};

/** A connection that was lost or not made; a time-out has used up the time for another attempt. */
const lostConnection = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Retries of a lost connection, each after a random time up to a bound that doubles (full jitter), out of a budget that all
 * requests share: a failed attempt costs a token, a success earns a part of one, and below half of them nothing is retried.
 * Source: AWS Architecture Blog, "Exponential Backoff and Jitter"; gRPC proposal A6, retry throttling.
 */
const retrying = (pool: Pool, {maxRetries, baseMs, maxMs, maxTokens, tokenRatio}: Retry) => {
  let tokens = maxTokens;
  const dispatcher = pool.compose(
    interceptors.retry({
      maxRetries,
      retry(error, {state: {counter}}, retry) {
        tokens = Math.max(0, tokens - 1);
        const {code = ''} = error as {code?: string};
        if (counter > maxRetries || tokens <= maxTokens / 2 || !lostConnection.has(code)) return retry(error);
        setTimeout(retry, Math.random() * Math.min(maxMs, baseMs * 2 ** (counter - 1)));
      },
    }),
  );
  const succeeded = () => {
    tokens = Math.min(maxTokens, tokens + tokenRatio);
  };
  return {dispatcher, succeeded};
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
        'Bound every wait (headers, body and connect: 750 ms each). Retry a lost connection at most twice, after a random pause, out of a retry budget.',
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
      return options.retry ? retrying(pool, options.retry) : {dispatcher: pool, succeeded: () => {}};
    },
    async perform({dispatcher, succeeded}, {id}) {
      const {statusCode, body} = await dispatcher.request({path: `/echo/${id}`, method: 'GET'});
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      const answer = (await body.json()) as {id: unknown};
      succeeded();
      return {echoedId: answer.id};
    },
    close: ({dispatcher}) => dispatcher.close(),
  },
});
