// Inside undici's Pool: close() in the middle of the storm. Each operation has a pool of its own, and ends it while requests are under way.
import {setTimeout as sleep} from 'node:timers/promises';
import {type Dispatcher, Pool} from 'undici';
import {latency, refuse, resetPeer, stall} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly pool: Pool.Options;
  /** How long close() may take before destroy() ends what is under way; null: without a limit. */
  readonly closeLimitMs: number | null;
};

const asUsersGetIt: Options = {pool: {}, closeLimitMs: null};

const idOf = async (answer: Promise<Dispatcher.ResponseData>): Promise<unknown> => {
  const {statusCode, body} = await answer;
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  return ((await body.json()) as {readonly id: unknown}).id;
};

/** Waits for what is under way, at most so long. */
const closeWithin = async (pool: Pool, limitMs: number | null): Promise<void> => {
  if (limitMs === null) return pool.close();
  const closing = pool.close();
  const late = new AbortController();
  const isClosed = await Promise.race([
    closing.then(() => true),
    sleep(limitMs, false, {signal: late.signal}).catch(() => true),
  ]);
  late.abort();
  if (!isClosed) await pool.destroy();
};

export default defineScenario({
  name: 'inside-close',
  observation: 'While the network is bad, our service does not shut down: it waits in close() for minutes.',
  remarks: [
    'Each operation opens a Pool, sends two requests at once, and calls close() before both are answered: by turns in the same tick, once the requests have been sent, and after the first response. It succeeds when both requests and close() have settled.',
    'close() waits for requests in flight, as undici’s documentation says: it "closes the pool and gracefully waits for enqueued requests to complete" (https://undici.nodejs.org/#/docs/api/Pool). How long that takes is bounded by `headersTimeout` and `bodyTimeout`, 300 s each by default.',
    'The limit on close() in "bounded" is the application’s; it then calls undici’s destroy().',
  ],
  target: {kind: 'http', thinkTimeMs: 5},
  supports: {undici: '>=6 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {pool: {headersTimeout: 500, bodyTimeout: 500, connect: {timeout: 500}}, closeLimitMs: 700},
      change:
        'Bound every wait (`headersTimeout`, `bodyTimeout` and `connect.timeout`: 500 ms each), and call destroy() if close() has not settled within 700 ms.',
    },
  ],
  load: {model: 'open', ratePerSecond: 60, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'latency', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 100, jitterMs: 50})]},
    {name: 'stall', role: 'fault', durationMs: 3500, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 2000, faults: [resetPeer({afterMs: 3})]},
    {name: 'refused', role: 'fault', durationMs: 2000, faults: [refuse()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}},
  subject: {
    open: ({url, options}) => ({url, options}),
    async perform({url, options}, {id}) {
      const pool = new Pool(url, options.pool);
      const first = idOf(pool.request({path: `/echo/${id}`, method: 'GET'}));
      const second = idOf(pool.request({path: `/echo/${id}.second`, method: 'GET'}));
      const answers = Promise.allSettled([first, second]);
      const turn = operationNumber(id) % 3;
      if (turn === 1) await sleep(2);
      if (turn === 2) await Promise.allSettled([first]);
      await closeWithin(pool, options.closeLimitMs);
      const [answer] = await answers;
      if (answer.status === 'rejected') throw answer.reason;
      return {echoedId: answer.value};
    },
  },
});
