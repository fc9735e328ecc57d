// Inside got: 429 and 503 with Retry-After, in seconds and as a date, and one that is longer than any caller waits.
import got, {type ExtendOptions} from 'got';
import {httpStatus} from '../../model/http-fault.ts';
import {defineScenario} from '../define-scenario.ts';

const asUsersGetIt: Pick<ExtendOptions, 'retry'> = {};

/** As a gateway that lets some through. */
const probability = 0.3;
const durationMs = 3000;

export default defineScenario({
  name: 'inside-retry-after',
  observation: 'When the service says "come back in half a minute", callers hang for half a minute.',
  remarks: [
    'got waits as long as Retry-After says on 413, 429 and 503, up to `retry.maxRetryAfter`, which defaults to the timeout of the request; none is set by default (https://github.com/sindresorhus/got/blob/main/documentation/7-retry.md).',
    'A Retry-After date has whole seconds: it is one or two seconds after the response.',
    'Giving up at once, as "capped" does if the wait is too long, is a failure for the caller, but a quick one.',
  ],
  target: {kind: 'http', thinkTimeMs: 5},
  supports: {got: '>=13 <17'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'capped',
      options: {retry: {maxRetryAfter: 2000}},
      change:
        'Give up at once if Retry-After is longer than the caller will wait: `retry.maxRetryAfter: 2000`.',
    },
  ],
  load: {model: 'open', ratePerSecond: 60, maxInFlight: 1000},
  operation: {deadlineMs: 3000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {
      name: 'too-many',
      role: 'fault',
      durationMs,
      faults: [httpStatus({status: 429, retryAfterSeconds: 1, probability})],
    },
    {
      name: 'unavailable',
      role: 'fault',
      durationMs,
      faults: [httpStatus({status: 503, retryAfterDate: 1, probability})],
    },
    {
      name: 'maintenance',
      role: 'fault',
      durationMs,
      faults: [httpStatus({status: 503, retryAfterSeconds: 30, probability})],
    },
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}},
  telemetry: {use: ['got']},
  subject: {
    open: ({url, options}) => got.extend({prefixUrl: url, ...options}),
    async perform(client, {id}) {
      const answer = await client(`echo/${id}`).json<{id: unknown}>();
      return {echoedId: answer.id};
    },
  },
});
