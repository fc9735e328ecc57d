// A subset of Elasticsearch: documents by id, in bulk too, and the header by which the client recognises the product.
import {setTimeout as sleep} from 'node:timers/promises';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';

const thinkTimeMs = 10;
export const lineCount = 20;

const lines = Array.from({length: lineCount}, (_, number) => ({sku: 10_000 + number, quantity: 1}));
const shards = {total: 1, successful: 1, failed: 0};

export const elasticsearch: TargetInput = {
  start({ledger}) {
    const documents = new Set<string>();
    return startHttpServer({
      ledger,
      description:
        'a subset of Elasticsearch (index, get and bulk), in a process of this run, not the real server',
      async answer({id, method, url, headers, body}, response, applied) {
        await sleep(thinkTimeMs);
        const statement = {
          'x-elastic-product': 'Elasticsearch',
          'content-type': headers.accept?.split(',', 1)[0] ?? 'application/json',
        };
        /** A document that is there is overwritten. */
        const index = (own: string): object => {
          const isNew = !documents.has(own);
          if (isNew) applied(own);
          documents.add(own);
          const result = isNew ? 'created' : 'updated';
          return {
            _index: 'orders',
            _id: own,
            _version: 1,
            result,
            _shards: shards,
            _seq_no: 0,
            _primary_term: 1,
          };
        };
        if (url.pathname.endsWith('/_bulk')) {
          const rows = body.toString().trimEnd().split('\n');
          const ids = rows
            .filter((_, row) => row % 2 === 0)
            .map(row => (JSON.parse(row) as {readonly index: {readonly _id: string}}).index._id);
          const items = ids.map(own => ({index: {...index(own), status: 200}}));
          json(response, 200, {took: 1, errors: false, items}, statement);
        } else if (method === 'GET') {
          json(
            response,
            200,
            {_index: 'orders', _id: id, _version: 1, found: true, _source: {id, lines}},
            statement,
          );
        } else {
          json(response, 201, index(id), statement);
        }
      },
    });
  },
};
