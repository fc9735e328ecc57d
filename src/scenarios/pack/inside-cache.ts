// Inside undici's cache interceptor: partial and stale answers, and revalidation under faults.
import {Agent, interceptors} from 'undici';
import {latency, resetPeer, stall} from '../../model/fault.ts';
import {httpFault, httpStatus} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {operationNumber} from './operation-number.ts';
import {StatusError} from './order-work.ts';
import {listCount, maxAgeMs, type Prices, priceCount, prices, versionAt} from './servers/prices.ts';

type Options = {
  readonly agent: Agent.Options;
  readonly retry: {
    readonly maxRetries: number;
    readonly minTimeout: number;
    readonly maxTimeout: number;
  } | null;
};

const asUsersGetIt: Options = {agent: {}, retry: null};

const bounded: Options = {
  agent: {headersTimeout: 300, bodyTimeout: 300, connect: {timeout: 300}},
  retry: {maxRetries: 2, minTimeout: 50, maxTimeout: 150},
};

/** An allowance for the network, and for HTTP's counting of ages in whole seconds. */
const toleranceMs = 500;
const probability = 0.5;
const durationMs = 3000;

/** Whether the list was out of date for longer than a cache may keep it before it was asked for. */
const isStale = ({version}: Prices, askedAtMs: number): boolean =>
  version < versionAt(askedAtMs - maxAgeMs - toleranceMs);

export default defineScenario({
  name: 'inside-cache',
  observation:
    'After a bad minute some pages show half a list, or yesterday’s prices, until someone restarts the service.',
  remarks: [
    'Responses may be cached for 1 s; the list changes every 2 s, so half of the revalidations find it unchanged (304). Nothing allows stale responses: neither stale-if-error nor stale-while-revalidate.',
    'An incomplete list, or one that had been out of date for longer than it may be cached when it was requested, would be a defect of the cache: RFC 9111, 3.3 and 4.2 (https://www.rfc-editor.org/rfc/rfc9111). A stale list counts as failed, with the code STALE.',
    'The cache interceptor has its default options in both variants (https://undici.nodejs.org/#/docs/api/Interceptors).',
  ],
  target: prices,
  supports: {undici: '>=7 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Put the retry interceptor below the cache (maxRetries 2, pauses of 50 to 150 ms), and set headersTimeout, bodyTimeout and connect.timeout to 300 ms.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 4000},
    {name: 'latency', role: 'fault', durationMs, faults: [latency({latencyMs: 50, jitterMs: 20})]},
    {
      name: 'half-answer',
      role: 'fault',
      durationMs,
      faults: [httpFault({stage: 'response', action: 'close', cutRatio: 0.5, probability})],
    },
    {
      name: 'cut-by-reset',
      role: 'fault',
      durationMs,
      faults: [httpFault({stage: 'response', action: 'abort', cutBytes: 100, probability})],
    },
    {name: 'unavailable', role: 'fault', durationMs, faults: [httpStatus({status: 503, probability})]},
    {name: 'stall', role: 'fault', durationMs, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 2000, faults: [resetPeer()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}},
  subject: {
    open({url, options: {agent, retry}}) {
      const plain = new Agent(agent);
      const dispatcher =
        retry === null
          ? plain.compose(interceptors.cache())
          : plain.compose(interceptors.retry(retry), interceptors.cache());
      return {dispatcher, url};
    },
    async perform({dispatcher, url}, {id}) {
      const list = String(operationNumber(id) % listCount);
      const askedAtMs = Date.now();
      const {statusCode, body} = await dispatcher.request({
        origin: url,
        path: `/prices/${list}`,
        method: 'GET',
        headers: {'x-operation-id': id},
      });
      const text = await body.text();
      if (statusCode !== 200) throw new StatusError(statusCode);
      const answer = wholeOf(text);
      if (answer === null) return {intact: false, key: list};
      if (isStale(answer, askedAtMs)) {
        return {applicationError: {message: 'a list that was kept for too long', code: 'STALE'}};
      }
      return {echoedId: answer.list === list ? id : `list ${answer.list}`, intact: true, key: list};
    },
    close: ({dispatcher}) => dispatcher.close(),
  },
});

/** Null where a part is missing: undici called it a success, which is the question here. */
const wholeOf = (text: string): Prices | null => {
  try {
    const answer = JSON.parse(text) as Prices;
    return answer.prices.length === priceCount ? answer : null;
  } catch {
    return null;
  }
};
