// axios: as it comes, and with a time limit and an agent of its own.
import {Agent} from 'node:http';
import axios from 'axios';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {failedIfNeverConnected} from './error-meaning.ts';
import {orderAnswer, orderRequest, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {
  /** axios' own: 0 is none. */
  readonly timeoutMs: number;
  /** Of a request as a whole, the wait for a connection included. */
  readonly limitMs: number | null;
  /** Connections at most; null is Node's global agent, which sets no limit. */
  readonly maxSockets: number | null;
};

const defaults: Options = {timeoutMs: 0, limitMs: null, maxSockets: null};

export default defineScenario({
  name: 'axios',
  observation: 'Requests stay pending as long as the server is silent.',
  remarks: [
    'axios’s default is timeout: 0, no time limit; its README says to set one in production (https://github.com/axios/axios#readme), and to pass a signal to bound connecting as well (https://axios-http.com/docs/cancellation).',
    'axios uses Node’s global agent, which has kept connections alive since Node 19. It retries nothing.',
  ],
  target: orders,
  supports: {axios: '>=1.6 <2'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {timeoutMs: 800, limitMs: 900, maxSockets: 50},
      change:
        'Set timeout to 800 ms, pass signal: AbortSignal.timeout(900), and give axios an httpAgent with keepAlive and at most 50 sockets.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['http']},
  subject: {
    open({url, options: {timeoutMs, limitMs, maxSockets}}) {
      const agent = maxSockets === null ? null : new Agent({keepAlive: true, maxSockets});
      const client = axios.create({
        baseURL: url,
        timeout: timeoutMs,
        ...(agent === null ? {} : {httpAgent: agent}),
      });
      return {client, agent, limitMs};
    },
    async perform({client, limitMs}, {id}) {
      const {path, method, body, headers} = orderRequest(id);
      const {data} = await client.request<string>({
        url: path,
        method,
        headers,
        data: body,
        // Listings are lines of JSON: all are taken as they come, and read as such.
        responseType: 'text',
        transformResponse: (text: string) => text,
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      });
      return orderAnswer(id, data);
    },
    close: ({agent}) => agent?.destroy(),
    classify: failedIfNeverConnected,
  },
  verify: verifyOrders,
});
