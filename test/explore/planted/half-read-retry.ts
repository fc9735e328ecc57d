// Tries a download again when it was cut. Broken: the second attempt adds to what is left of the first, and the length is right.
import type {Agent} from 'node:http';
import {defineScenario} from 'foulweather';
import {bodyOf, newAgent, responseTo, startDownloads} from './downloads.ts';
import {planted, tryTwice} from './line-protocol.ts';

type Download = {readonly agent: Agent; readonly url: string; readonly keepsParts: boolean};

const download = ({agent, url, keepsParts}: Download, id: string): Promise<Buffer> => {
  const parts: Buffer[] = [];
  return tryTwice(async () => {
    if (!keepsParts) parts.length = 0;
    const response = await responseTo(agent, `${url}/${id}`);
    for await (const part of response) parts.push(part as Buffer);
    return Buffer.concat(parts).subarray(0, Number(response.headers['content-length']));
  });
};

export default defineScenario({
  ...planted('half-read-retry', 'Some files have the right size and the wrong content.'),
  target: {start: startDownloads(0)},
  variants: [
    {name: 'broken', options: {keepsParts: true}},
    {name: 'healthy', options: {keepsParts: false}},
  ],
  subject: {
    open: ({url, options}) => ({url, ...options, agent: newAgent()}),
    perform: async (client, {id}) => ({intact: (await download(client, id)).equals(bodyOf(id))}),
    close: ({agent}) => agent.destroy(),
  },
});
