// openai: completions, every other one as a stream; with the retries that it comes with, and with time limits.
import OpenAI from 'openai';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {operationNumber} from './operation-number.ts';
import {completions, story} from './servers/completions.ts';

type Options = {
  readonly client: {readonly timeout?: number; readonly maxRetries?: number};
  /** Of a call as a whole, its retries and its stream included. */
  readonly limitMs: number | null;
};

const defaults: Options = {client: {}, limitMs: null};

const bounded: Options = {client: {timeout: 400, maxRetries: 1}, limitMs: 1400};

const model = 'gpt-4o-mini';
const messages = [{role: 'user', content: 'Tell me a story.'}] as const;

export default defineScenario({
  name: 'openai',
  observation: 'An answer stops in the middle of a sentence, and the cursor blinks for minutes.',
  remarks: [
    'The defaults are the library’s: a timeout of 10 minutes, and two retries of connection errors, 408, 409, 429 and 5xx, with pauses of 0.5 to 8 s (https://github.com/openai/openai-node#retries, https://github.com/openai/openai-node#timeouts).',
    'The timeout covers a response up to its headers; a stream can be bounded by a signal. An aborted stream ends its loop without an error, so a caller that aborts has to check the signal, or finish_reason, afterwards, as bounded does.',
  ],
  target: completions,
  supports: {openai: '>=4.20 <8'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set timeout to 400 ms and maxRetries to 1, and pass signal: AbortSignal.timeout(1400) with each call, which also bounds its stream; check the signal when a stream has ended.',
    },
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 1000},
  operation: {deadlineMs: 1500, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}}},
  // Version 4 uses node:http.
  telemetry: {use: ['http']},
  subject: {
    open: ({url, options: {client, limitMs}}) => ({
      client: new OpenAI({baseURL: `${url}/v1`, apiKey: 'foulweather', ...client}),
      limitMs,
    }),
    async perform({client, limitMs}, {id}) {
      const options: {headers: Record<string, string>; signal?: AbortSignal} = {
        headers: {'x-operation-id': id},
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      };
      if (operationNumber(id) % 2 === 0) {
        const answer = await client.chat.completions.create({model, messages: [...messages]}, options);
        return {echoedId: answer.id, intact: answer.choices[0]?.message.content === story, key: 'whole'};
      }
      const stream = await client.chat.completions.create(
        {model, messages: [...messages], stream: true},
        options,
      );
      let [echoedId, text] = [id, ''];
      for await (const chunk of stream) {
        echoedId = chunk.id;
        text += chunk.choices[0]?.delta.content ?? '';
      }
      options.signal?.throwIfAborted();
      return {echoedId, intact: text === story, key: 'stream'};
    },
  },
});
