// Node's own fetch: as it comes, and with a time limit.
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {failedIfNeverConnected} from './error-meaning.ts';
import {orderAnswer, orderRequest, StatusError, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {readonly limitMs: number | null};

const defaults: Options = {limitMs: null};

export default defineScenario({
  name: 'fetch',
  observation:
    'A service that calls another one with fetch() hangs for minutes when the other stops answering.',
  remarks: [
    'The Fetch Standard sets no time limit; Node’s fetch has undici’s: 300 s for headers, and 300 s between parts of a body (https://undici.nodejs.org/#/docs/api/Client).',
    'The version is that of Node itself, which the report shows.',
  ],
  target: orders,
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'time-limit',
      options: {limitMs: 900},
      change: 'Pass signal: AbortSignal.timeout(900), which bounds the request and its body.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  subject: {
    open: ({url, options: {limitMs}}) => ({url, limitMs}),
    async perform({url, limitMs}, {id}) {
      const {path, method, body, headers} = orderRequest(id);
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        body,
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      });
      const text = await response.text();
      if (!response.ok) throw new StatusError(response.status);
      return orderAnswer(id, text);
    },
    classify: failedIfNeverConnected,
  },
  verify: verifyOrders,
});
