// A subset of OpenAI's API: chat completions, as one answer or as a stream of events.
import {setTimeout as sleep} from 'node:timers/promises';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';

export const wordCount = 20;
const firstWordMs = 30;
const wordMs = 5;

const created = 1_700_000_000;
const words = Array.from({length: wordCount}, (_, number) => `word-${number} `);
/** The whole answer. */
export const story = words.join('');

export const completions: TargetInput = {
  start: ({ledger}) =>
    startHttpServer({
      ledger,
      description:
        'a subset of OpenAI’s API (chat completions), in a process of this run, not the real service',
      async answer({id, body}, response) {
        const {model, stream = false} = JSON.parse(body.toString()) as {
          readonly model: string;
          readonly stream?: boolean;
        };
        await sleep(firstWordMs);
        if (!stream) {
          const message = {role: 'assistant', content: story, refusal: null};
          json(response, 200, {
            ...{id, object: 'chat.completion', created, model},
            choices: [{index: 0, message, logprobs: null, finish_reason: 'stop'}],
            usage: {prompt_tokens: 10, completion_tokens: wordCount, total_tokens: 10 + wordCount},
          });
          return;
        }
        response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-cache'});
        const send = (delta: object, finish: 'stop' | null): void => {
          const choices = [{index: 0, delta, logprobs: null, finish_reason: finish}];
          const chunk = {id, object: 'chat.completion.chunk', created, model, choices};
          response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        };
        for (const content of words) {
          if (response.destroyed) return;
          send({content}, null);
          await sleep(wordMs);
        }
        send({}, 'stop');
        response.end('data: [DONE]\n\n');
      },
    }),
};
