// An HTTP server with a body for each id, and a request for it that ends in time.
import {once} from 'node:events';
import {Agent, createServer, type IncomingMessage, request} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import type {StartContext, StartedTarget} from 'foulweather';

const lineCount = 200;

/** Some kilobytes, no two lines alike. */
export const bodyOf = (id: string): Buffer =>
  Buffer.from(Array.from({length: lineCount}, (_, line) => `${line} ${id}\n`).join(''));

/** @param pauseMs between the head and the body; 0: they are sent together */
export const startDownloads =
  (pauseMs: number) =>
  async ({ledger}: StartContext): Promise<StartedTarget> => {
    const server = createServer(async ({url = '/'}, response) => {
      const id = url.slice(1);
      ledger.attempt(id);
      const body = bodyOf(id);
      response.writeHead(200, {'content-length': body.length});
      if (pauseMs > 0) {
        response.flushHeaders();
        await sleep(pauseMs);
      }
      response.end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      stop() {
        server.closeAllConnections();
        server.close();
      },
    };
  };

/** Keeps one idle socket: what an outage makes beyond that does not stay. */
export const newAgent = (): Agent => new Agent({keepAlive: true, maxFreeSockets: 1});

const attemptLimitMs = 180;

/** The head of the response; its body ends in time, too, or with an error. */
export const responseTo = (agent: Agent, url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request(url, {agent, signal: AbortSignal.timeout(attemptLimitMs)}, resolve);
    sent.on('error', reject);
    sent.end();
  });
