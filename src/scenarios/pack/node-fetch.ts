// node-fetch: as it comes, and with a time limit and an agent of its own.
import {Agent} from 'node:http';
import fetch from 'node-fetch';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {failedIfNeverConnected} from './error-meaning.ts';
import {orderAnswer, orderRequest, StatusError, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {
  readonly limitMs: number | null;
  /** Connections at most; null is node-fetch's default, without an agent. */
  readonly maxSockets: number | null;
};

const defaults: Options = {limitMs: null, maxSockets: null};

export default defineScenario({
  name: 'node-fetch',
  observation: 'A call hangs until the server closes the connection.',
  remarks: [
    'node-fetch sets no time limit by default; its documentation shows how to bound a request with a signal, and how an agent keeps connections alive (https://github.com/node-fetch/node-fetch#readme).',
  ],
  target: orders,
  supports: {'node-fetch': '>=2.7 <4'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {limitMs: 900, maxSockets: 50},
      change: 'Pass signal: AbortSignal.timeout(900), and an agent with keepAlive and at most 50 sockets.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['http']},
  subject: {
    open: ({url, options: {limitMs, maxSockets}}) => ({
      url,
      limitMs,
      agent: maxSockets === null ? null : new Agent({keepAlive: true, maxSockets}),
    }),
    async perform({url, limitMs, agent}, {id}) {
      const {path, method, body, headers} = orderRequest(id);
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        body,
        ...(agent === null ? {} : {agent}),
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      });
      const text = await response.text();
      if (!response.ok) throw new StatusError(response.status);
      return orderAnswer(id, text);
    },
    close: ({agent}) => agent?.destroy(),
    classify: failedIfNeverConnected,
  },
  verify: verifyOrders,
});
