// What a user of an HTTP client does with the service of orders, in turn: reads and puts documents, places orders,
// streams listings.
import type {Answer} from '../../model/scenario-functions.ts';
import {operationNumber} from './operation-number.ts';
import {verifyWrites} from './servers/http-server.ts';
import {lineCount} from './servers/orders.ts';

type Kind = 'read' | 'put' | 'place' | 'list';

const turns: readonly Kind[] = ['read', 'place', 'list', 'put'];

export type OrderRequest = {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Ends in the operation's id, so that the server can count. */
  readonly path: string;
  /** JSON. */
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
};

const kindOf = (id: string): Kind => turns[operationNumber(id) % turns.length]!;

const jsonType = {'content-type': 'application/json'};

export const orderRequest = (id: string): OrderRequest => {
  const body = (): string => JSON.stringify({id, customer: 'c-1', note: 'one of these, please'.repeat(20)});
  switch (kindOf(id)) {
    case 'read':
      return {method: 'GET', path: `/documents/${id}`, body: null, headers: {}};
    case 'list':
      return {method: 'GET', path: `/listings/${id}`, body: null, headers: {}};
    case 'put':
      return {method: 'PUT', path: `/documents/${id}`, body: body(), headers: jsonType};
    case 'place':
      return {method: 'POST', path: `/orders/${id}`, body: body(), headers: jsonType};
  }
};

/**
 * Reads the answer to an operation.
 * @throws SyntaxError where it is not JSON
 */
export const orderAnswer = (id: string, text: string): Answer => {
  switch (kindOf(id)) {
    case 'read': {
      const {id: echoedId, lines} = JSON.parse(text) as {readonly id: unknown; readonly lines: unknown[]};
      return {echoedId, intact: lines.length === lineCount, key: 'read'};
    }
    case 'list': {
      const rows = text.trimEnd().split('\n');
      const last = JSON.parse(rows.at(-1)!) as {readonly id: unknown; readonly isLast?: true};
      return {echoedId: last.id, intact: last.isLast === true && rows.length === lineCount + 1, key: 'list'};
    }
    default:
      return {echoedId: (JSON.parse(text) as {readonly id: unknown}).id, key: 'write'};
  }
};

/** Orders are placed as often as they arrive; a document that is put twice is there once. */
export const verifyOrders = verifyWrites(id => kindOf(id) === 'put' || kindOf(id) === 'place');

/** For clients that leave the meaning of a status to their user. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: string;

  constructor(status: number) {
    super(`the server answered with the status ${status}`);
    this.code = `HTTP_${status}`;
  }
}
