// @elastic/elasticsearch: indexes, gets and bulks; with the retries that it comes with, and with time limits.
import {Client} from '@elastic/elasticsearch';
import {messageIds} from '../../model/message-id.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {operationNumber} from './operation-number.ts';
import {elasticsearch, lineCount} from './servers/elasticsearch.ts';
import {verifyWrites} from './servers/http-server.ts';

type Options = {
  readonly client: {readonly requestTimeout?: number; readonly maxRetries?: number};
  /** The longest pause before a retry; null is the library's default. */
  readonly pauseMs: number | null;
  /** Of a call as a whole, its retries included. */
  readonly limitMs: number | null;
};

const defaults: Options = {client: {}, pauseMs: null, limitMs: null};

const bounded: Options = {client: {requestTimeout: 350, maxRetries: 1}, pauseMs: 100, limitMs: 900};

type Order = {readonly id: string; readonly lines: readonly unknown[]};

const index = 'orders';
const bulkCount = 5;

type Turn = 'index' | 'get' | 'bulk';

const turnOf = (id: string): Turn => (['index', 'get', 'bulk', 'get'] as const)[operationNumber(id) % 4]!;

export default defineScenario({
  name: 'elasticsearch',
  observation: 'While the cluster is silent, searches and writes wait, and are then sent twice.',
  remarks: [
    'The defaults are the library’s: three retries, and no requestTimeout since version 9 (30 s before that) (https://www.elastic.co/docs/reference/elasticsearch/clients/javascript/basic-config).',
    'The first retry comes after 1 to 2 s by default, a pause that a signal does not end; a request’s retryBackoff changes it, in seconds.',
    'Documents have IDs chosen by the application, so a repeated write overwrites itself.',
  ],
  target: elasticsearch,
  supports: {'@elastic/elasticsearch': '>=8.11 <10'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: bounded,
      change:
        'Set requestTimeout to 350 ms and maxRetries to 1, and pass with each call a retryBackoff of 50 to 100 ms and signal: AbortSignal.timeout(900).',
    },
  ],
  load: {model: 'open', ratePerSecond: 80, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}}},
  telemetry: {use: ['elastic']},
  subject: {
    open: ({url, options: {client, pauseMs, limitMs}}) => ({
      client: new Client({node: url, ...client}),
      pauseMs,
      limitMs,
    }),
    async perform({client, pauseMs, limitMs}, {id}) {
      const options = {
        headers: {'x-operation-id': id},
        ...(pauseMs === null ? {} : {retryBackoff: () => ((1 + Math.random()) / 2) * (pauseMs / 1000)}),
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      };
      switch (turnOf(id)) {
        case 'index': {
          const answer = await client.index({index, id, document: {id, customer: 'c-1'}}, options);
          return {echoedId: answer._id, key: 'index'};
        }
        case 'get': {
          const {_source: order} = await client.get<Order>({index, id}, options);
          return {echoedId: order?.id, intact: order?.lines.length === lineCount, key: 'get'};
        }
        case 'bulk': {
          const operations = messageIds(id, bulkCount).flatMap((own, row) => [
            {index: {_index: index, _id: own}},
            {id, row},
          ]);
          const {errors, items} = await client.bulk({operations}, options);
          if (errors) return {applicationError: {message: 'some documents of the bulk were refused'}};
          return {intact: items.length === bulkCount, key: 'bulk'};
        }
      }
    },
    close: ({client}) => client.close(),
  },
  verify: verifyWrites(id => turnOf(id) !== 'get'),
});
