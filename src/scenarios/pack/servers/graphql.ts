// A subset of a GraphQL server: it knows three documents by their operation's name.
import {setTimeout as sleep} from 'node:timers/promises';
import type {TargetInput} from '../../define-scenario.ts';
import {json, startHttpServer} from './http-server.ts';

export const lineCount = 20;
const thinkTimeMs = 10;

const lines = Array.from({length: lineCount}, (_, number) => ({sku: 10_000 + number, quantity: 1}));

type Asked = {readonly query: string; readonly variables: {readonly id: string}};

const soldOut = {
  data: null,
  errors: [{message: 'sold out', path: ['buy'], extensions: {code: 'SOLD_OUT'}}],
};

/** A query is answered with lines, `place` succeeds, and `buy` never does: all of it with the status 200. */
export const graphql: TargetInput = {
  start: ({ledger}) =>
    startHttpServer({
      ledger,
      description: 'a small GraphQL service, in a process of this run',
      async answer({body}, response, applied) {
        await sleep(thinkTimeMs);
        const execute = ({query, variables: {id}}: Asked): unknown => {
          if (query.includes('buy(')) return soldOut;
          if (query.includes('place(')) {
            applied(id);
            return {data: {place: {id}}};
          }
          return {data: {order: {id, lines}}};
        };
        const asked = JSON.parse(body.toString()) as Asked | readonly Asked[];
        json(response, 200, Array.isArray(asked) ? asked.map(execute) : execute(asked as Asked));
      },
    }),
};
