// A small service of orders for the HTTP clients: documents that are read and put, orders that are placed, listings that stream.
import {setTimeout as sleep} from 'node:timers/promises';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';

/** Lines of a document or listing: some 2 KB as JSON. */
export const lineCount = 40;
/** The time that a server with a database behind it may take. */
const thinkTimeMs = 20;

const lines = Array.from({length: lineCount}, (_, number) => ({number, sku: 10_000 + number, quantity: 1}));

/**
 * - `GET /documents/<id>`: a document, with its length.
 * - `PUT /documents/<id>`: there once, however often it is put.
 * - `POST /orders/<id>`: one more order with each.
 * - `GET /listings/<id>`: lines of JSON without a length, the last one says that it is the last.
 */
export const orders: TargetInput = {
  start({ledger}) {
    const documents = new Set<string>();
    return startHttpServer({
      ledger,
      description: 'a small order service over HTTP/1.1, in a process of this run',
      async answer({id, method, url}, response, applied) {
        await sleep(thinkTimeMs);
        if (method === 'PUT') {
          if (!documents.has(id)) applied(id);
          documents.add(id);
          json(response, 200, {id});
        } else if (method === 'POST') {
          applied(id);
          json(response, 201, {id});
        } else if (url.pathname.startsWith('/listings/')) {
          response.writeHead(200, {'content-type': 'application/x-ndjson'});
          for (const line of lines) response.write(`${JSON.stringify({id, ...line})}\n`);
          response.end(`${JSON.stringify({id, isLast: true})}\n`);
        } else {
          json(response, 200, {id, lines});
        }
      },
    });
  },
};
