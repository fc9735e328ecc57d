// undici's Pool with ten connections under more callers than that: as it comes, and with every wait bounded.
import {Pool} from 'undici';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {failedIfNeverConnected} from './error-meaning.ts';
import {orderAnswer, orderRequest, StatusError, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {
  readonly pool: Pool.Options;
  /** Of a request as a whole, the wait for a connection included. */
  readonly limitMs: number | null;
};

const connections = 10;

const defaults: Options = {pool: {connections}, limitMs: null};

const bounded: Options = {
  pool: {connections, headersTimeout: 400, bodyTimeout: 400, connect: {timeout: 400}},
  limitMs: 900,
};

export default defineScenario({
  name: 'undici-pool',
  observation: 'When the service stops answering, all callers of the pool wait for minutes.',
  remarks: [
    'defaults has the default options of Pool, except for the number of connections: ten here, while Pool itself sets no limit. The headersTimeout and bodyTimeout of 300 s are documented defaults (https://undici.nodejs.org/#/docs/api/Client).',
    'undici does not retry POST; a request that has not been sent yet may move to another connection.',
  ],
  target: orders,
  supports: {undici: '>=5.28 <9'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set headersTimeout, bodyTimeout and connect.timeout to 400 ms, and pass a signal that aborts each request after 900 ms, including its wait for a connection.',
    },
  ],
  load: {model: 'closed', concurrency: 32},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  subject: {
    open: ({url, options}) => ({pool: new Pool(url, options.pool), limitMs: options.limitMs}),
    async perform({pool, limitMs}, {id}) {
      const {statusCode, body} = await pool.request({
        ...orderRequest(id),
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      });
      const text = await body.text();
      if (statusCode >= 300) throw new StatusError(statusCode);
      return orderAnswer(id, text);
    },
    close: ({pool}) => pool.close(),
    classify: failedIfNeverConnected,
  },
  verify: verifyOrders,
});
