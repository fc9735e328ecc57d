// graphql-request: queries, mutations, batches, and answers that say that it did not work.
import {ClientError, GraphQLClient} from 'graphql-request';
import type {Answer} from '../../model/scenario-functions.ts';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {operationNumber} from './operation-number.ts';
import {graphql, lineCount} from './servers/graphql.ts';
import {verifyWrites} from './servers/http-server.ts';

type Options = {readonly limitMs: number | null};

const defaults: Options = {limitMs: null};

type Order = {readonly id: string; readonly lines: readonly unknown[]};

const order = 'query Order($id: ID!) { order(id: $id) { id lines { sku quantity } } }';
const place = 'mutation Place($id: ID!) { place(id: $id) { id } }';
const buy = 'mutation Buy($id: ID!) { buy(id: $id) { id } }';

type Turn = 'query' | 'place' | 'batch' | 'buy';

/** One of twenty is refused by the service, with an answer that comes whole. */
const turnOf = (id: string): Turn => {
  const number = operationNumber(id);
  if (number % 20 === 19) return 'buy';
  return (['query', 'place', 'batch', 'place'] as const)[number % 4]!;
};

const isWhole = ({lines}: Order): boolean => lines.length === lineCount;

/** Errors beside a status of 200 are the service's own. */
const refusal = (error: unknown): Answer => {
  if (!(error instanceof ClientError) || error.response.status !== 200) throw error;
  const first = error.response.errors?.[0];
  if (first === undefined) throw error;
  return {applicationError: {message: first.message, code: String(first.extensions?.['code'])}};
};

export default defineScenario({
  name: 'graphql-request',
  observation: 'Pages hang when the GraphQL service is silent; orders that were refused look like successes.',
  remarks: [
    'graphql-request sets no time limit and retries nothing; it hands the request to fetch(). Its documentation shows how to cancel a request with a signal (https://github.com/graffle-js/graffle/blob/graphql-request/examples/request-cancellation.ts).',
    'One operation in twenty is answered with GraphQL errors and status 200: it counts as failed, even on a calm network. Its span is that of fetch(), which only knows HTTP.',
  ],
  target: graphql,
  supports: {'graphql-request': '>=6 <8'},
  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'time-limit',
      options: {limitMs: 900},
      change: 'Pass signal: AbortSignal.timeout(900) with each request.',
    },
  ],
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  // Version 6 uses node:http.
  telemetry: {use: ['http']},
  subject: {
    open: ({url, options: {limitMs}}) => ({client: new GraphQLClient(`${url}/graphql`), limitMs}),
    async perform({client, limitMs}, {id}) {
      const options = {
        requestHeaders: {'x-operation-id': id},
        ...(limitMs === null ? {} : {signal: AbortSignal.timeout(limitMs)}),
      };
      const variables = {id};
      switch (turnOf(id)) {
        case 'query': {
          const answer = await client.request<{order: Order}>({document: order, variables, ...options});
          return {echoedId: answer.order.id, intact: isWhole(answer.order)};
        }
        case 'place': {
          const answer = await client.request<{place: {id: string}}>({
            document: place,
            variables,
            ...options,
          });
          return {echoedId: answer.place.id};
        }
        case 'batch': {
          const documents = [
            {document: order, variables},
            {document: order, variables},
          ];
          const answers = await client.batchRequests<[{data: {order: Order}}, {data: {order: Order}}]>({
            documents,
            ...options,
          });
          const [first] = answers;
          return {
            echoedId: first.data.order.id,
            intact: answers.every(({data}) => isWhole(data.order)),
          };
        }
        case 'buy':
          return client.request({document: buy, variables, ...options}).then(() => undefined, refusal);
      }
    },
  },
  verify: verifyWrites(id => turnOf(id) === 'place'),
});
