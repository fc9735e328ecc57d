// Reports how much of a body has come when a download is cut. Broken: it takes for granted that something has, and throws
// where nobody catches it when the connection ends between the head and the body.
import type {IncomingMessage} from 'node:http';
import {defineScenario} from 'foulweather';
import {newAgent, responseTo, startDownloads} from './downloads.ts';
import {planted, tryTwice} from './line-protocol.ts';

const bodyBytes = (response: IncomingMessage, expectsNone: boolean): Promise<number> =>
  new Promise((resolve, reject) => {
    let body: Buffer | undefined;
    response.on('data', (part: Buffer) => {
      body = Buffer.concat([body ?? Buffer.alloc(0), part]);
    });
    response.on('error', () => {});
    response.on('close', () => {
      const bytes = expectsNone ? (body?.length ?? 0) : body!.length;
      if (response.complete) resolve(bytes);
      else reject(Object.assign(new Error(`cut after ${bytes} bytes`), {code: 'ECUT'}));
    });
  });

export default defineScenario({
  ...planted('crash-before-body', 'Our service is restarted now and then, after a TypeError in the client.'),
  target: {start: startDownloads(30)},
  variants: [
    {name: 'broken', options: {expectsNone: false}},
    {name: 'healthy', options: {expectsNone: true}},
  ],
  subject: {
    open: ({url, options}) => ({url, ...options, agent: newAgent()}),
    perform: ({agent, url, expectsNone}, {id}) =>
      tryTwice(async () => {
        const response = await responseTo(agent, `${url}/${id}`);
        const bytes = await bodyBytes(response, expectsNone);
        return {intact: bytes === Number(response.headers['content-length'])};
      }),
    close: ({agent}) => agent.destroy(),
  },
});
