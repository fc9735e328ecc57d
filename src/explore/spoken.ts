// What a server in trouble says, as what strikes a client: errors that pass, and that a client should get over.
import type {Fault} from '../model/fault.ts';
import {made, type ScopeOptions} from '../model/fault-defaults.ts';
import {chosenError, type ErrorMoment, type Speech} from '../model/server-errors.ts';

export type SaidStrike = {
  readonly kind: 'said';
  /** `withheld`: nothing at all in the place of a reply. */
  readonly action: 'said' | 'withheld';
  readonly speech: Speech;
  /** Its code. */
  readonly error: string;
  readonly when: ErrorMoment;
  /** To the first that asks, or to all for a while. */
  readonly connections: 'first' | 'all';
};

const httpStatuses = ['429', '500', '503'];

/** A client that is told of a wrong password, or of a missing table, may well give up: that is not in here. */
const passing: {readonly [speech in Speech]: readonly string[]} = {
  http: httpStatuses,
  http2: httpStatuses,
  grpc: ['ABORTED', 'INTERNAL', 'RESOURCE_EXHAUSTED', 'UNAVAILABLE'],
  redis: ['BUSY', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN', 'MAXCLIENTS', 'OOM', 'READONLY', 'TRYAGAIN'],
  postgres: ['25006', '40001', '53200', '53300', '57014', '57P01', '57P03', 'XX000'],
  mysql: ['1040', '1053', '1205', '1213', '1290', '1317', '1927', '4031'],
  amqp: ['320', '506', '541', 'BLOCKED', 'NACK'],
  smtp: ['421', '450', '451', '452', '454'],
  // Errors of JetStream mean nothing to whoever asks something else.
  nats: ['503', 'LAME_DUCK', 'MAX_CONNECTIONS', 'STALE_CONNECTION', 'WITHHELD'],
  memcached: ['BUSY', 'INTERNAL', 'OUT_OF_MEMORY', 'TEMPORARY'],
  mqtt: ['3', '0x88', '0x89', '0x8B', '0x97', '0x98', 'WITHHELD'],
};

export const saidStrikes = (speech: Speech | null): readonly SaidStrike[] =>
  speech === null
    ? []
    : passing[speech].flatMap(error =>
        (['first', 'all'] as const).map(
          (connections): SaidStrike => ({
            kind: 'said',
            action: error === 'WITHHELD' ? 'withheld' : 'said',
            speech,
            error,
            when: chosenOf(speech, error).when,
            connections,
          }),
        ),
      );

const usual = {message: '', command: '', key: '', when: 'usual', ending: 'usual'} as const;

const chosenOf = (speech: Speech, error: string): {readonly text: string; readonly when: ErrorMoment} =>
  speech === 'http' || speech === 'http2' || speech === 'grpc'
    ? {text: '', when: 'command'}
    : chosenError(`${speech}Error`, {...usual, error});

/** The server's usual text, without the codes at its beginning; empty for a status. */
export const textOf = ({speech, error}: SaidStrike): string => {
  const {text} = chosenOf(speech, error);
  const [said = ''] = text.replace(`${error} `, '').split(/\. |; |\.$/);
  return speech === 'mysql' ? said.slice('08004 '.length) : said;
};

export const saidFault = ({speech, error}: SaidStrike, scope: ScopeOptions): Fault => {
  switch (speech) {
    case 'http':
    case 'http2':
      return made('httpStatus', {...scope, status: Number(error)});
    case 'grpc':
      return made('grpcStatus', {...scope, status: error});
    default:
      return made(`${speech}Error`, {...scope, error});
  }
};
