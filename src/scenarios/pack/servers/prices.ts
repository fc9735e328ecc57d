// A list of prices that changes every two seconds, and may be cached for one: what a cache has to get right.
import {createHash} from 'node:crypto';
import type {TargetInput} from '../../define-scenario.ts';
import {startHttpServer} from './http-server.ts';

export const changesEveryMs = 2000;
export const maxAgeMs = 1000;
export const listCount = 10;
export const priceCount = 40;

/** Which list is the right one at a time of the machine's clock. */
export const versionAt = (unixMs: number): number => Math.floor(unixMs / changesEveryMs);

export type Prices = {readonly list: string; readonly version: number; readonly prices: readonly number[]};

/** `GET /prices/<list>`, with an ETag, and with a length for every other list; the id is in the header `x-operation-id`. */
export const prices: TargetInput = {
  start: ({ledger}) =>
    startHttpServer({
      ledger,
      description: 'a small price service over HTTP/1.1, in a process of this run',
      answer({url, headers}, response) {
        const list = url.pathname.split('/').at(-1)!;
        const version = versionAt(Date.now());
        const values = Array.from({length: priceCount}, (_, number) => version + number);
        const body = JSON.stringify({list, version, prices: values} satisfies Prices);
        const etag = `"${createHash('md5').update(body).digest('hex')}"`;
        const statement = {etag, 'cache-control': `max-age=${maxAgeMs / 1000}`};
        if (headers['if-none-match'] === etag) {
          response.writeHead(304, statement);
          response.end();
          return;
        }
        const hasLength = Number(list) % 2 === 0;
        response.writeHead(200, {
          ...statement,
          'content-type': 'application/json',
          ...(hasLength ? {'content-length': Buffer.byteLength(body)} : {}),
        });
        response.write(body.slice(0, 50));
        response.end(body.slice(50));
      },
    }),
};
