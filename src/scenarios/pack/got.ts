// got: with the retries that it comes with, and with timeouts and pauses that fit into a second.
import {Agent} from 'node:http';
import got, {type ExtendOptions} from 'got';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {orderAnswer, orderRequest, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {
  readonly got: Pick<ExtendOptions, 'timeout' | 'retry'>;
  /** Of a request as a whole, its retries included. */
  readonly limitMs: number | null;
  /** Connections at most; null is Node's global agent, which sets no limit. */
  readonly maxSockets: number | null;
};

const defaults: Options = {got: {}, limitMs: null, maxSockets: null};

const bounded: Options = {
  got: {
    timeout: {lookup: 100, connect: 200, send: 200, response: 400},
    retry: {limit: 1, backoffLimit: 100},
  },
  limitMs: 900,
  maxSockets: 50,
};

export default defineScenario({
  name: 'got',
  observation: 'Retried requests succeed seconds after their caller has given up.',
  remarks: [
    'got’s defaults are no timeout, and two retries of GET, PUT, HEAD, DELETE, OPTIONS and TRACE, after 1 s and 2 s (https://github.com/sindresorhus/got/blob/main/documentation/7-retry.md). Its documentation calls it good practice to set a timeout (https://github.com/sindresorhus/got/blob/main/documentation/6-timeout.md).',
    'Orders are placed with POST, which got does not retry by default.',
  ],
  target: orders,
  supports: {got: '>=13 <17'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set timeout (connect and send 200 ms, response 400 ms), retry.limit to 1 with a backoffLimit of 100 ms, pass signal: AbortSignal.timeout(900), and an agent with keepAlive and at most 50 sockets.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['got']},
  subject: {
    open({url, options: {got: own, limitMs, maxSockets}}) {
      const agent = maxSockets === null ? null : new Agent({keepAlive: true, maxSockets});
      const client = got.extend({
        prefixUrl: url,
        ...own,
        ...(agent === null ? {} : {agent: {http: agent}}),
      });
      return {client, agent, limitMs};
    },
    async perform({client, limitMs}, {id}) {
      const {path, method, body, headers} = orderRequest(id);
      // got wants a path beneath its prefix without a slash before it.
      const text = await client(path.slice(1), {
        method,
        headers,
        ...(body === null ? {} : {body}),
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      }).text();
      return orderAnswer(id, text);
    },
    close: ({agent}) => agent?.destroy(),
  },
  verify: verifyOrders,
});
