// undici's RetryAgent around its Agent: as it comes, and with retries that fit into a second.
import {Agent, RetryAgent, type RetryHandler} from 'undici';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {orderAnswer, orderRequest, StatusError, verifyOrders} from './order-work.ts';
import {orders} from './servers/orders.ts';

type Options = {
  readonly agent: Agent.Options;
  readonly retry: RetryHandler.RetryOptions;
};

const defaults: Options = {agent: {}, retry: {}};

const bounded: Options = {
  agent: {headersTimeout: 300, bodyTimeout: 300, connect: {timeout: 300}},
  retry: {
    maxRetries: 2,
    minTimeout: 50,
    maxTimeout: 150,
    errorCodes: ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'],
  },
};

export default defineScenario({
  name: 'undici-retry-agent',
  observation: 'Requests are retried, but some are answered long after anyone waits for them.',
  remarks: [
    'defaults has the default options of both: five retries with pauses of 0.5 s to 30 s, and timeouts of 300 s (https://undici.nodejs.org/#/docs/api/RetryAgent).',
    'RetryAgent does not retry POST unless its `methods` include it; this scenario places orders with POST, and stores documents with PUT.',
  ],
  target: orders,
  supports: {undici: '>=6.7 <9'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set headersTimeout, bodyTimeout and connect.timeout to 300 ms, and let RetryAgent retry at most twice, with pauses (minTimeout, maxTimeout) of 50 to 150 ms.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  subject: {
    open: ({url, options: {agent, retry}}) => ({url, agent: new RetryAgent(new Agent(agent), retry)}),
    async perform({url, agent}, {id}) {
      const {statusCode, body} = await agent.request({origin: url, ...orderRequest(id)});
      const text = await body.text();
      if (statusCode >= 300) throw new StatusError(statusCode);
      return orderAnswer(id, text);
    },
    close: ({agent}) => agent.close(),
  },
  verify: verifyOrders,
});
