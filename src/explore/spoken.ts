// What a server in trouble says, as what strikes a client: errors that pass, and that a client should get over.
import type {Fault} from '../model/fault.ts';
import {made, type ScopeOptions} from '../model/fault-defaults.ts';
import type {TargetPlan} from '../model/plan.ts';
import {
  chosenError,
  type ErrorMoment,
  type ProtocolFacts,
  protocols,
  type ServerErrorKind,
  serverErrorKinds,
} from '../model/server-errors.ts';

/** How a server speaks, by the kind of fault that says it. */
export type Speech = ServerErrorKind | 'httpStatus';

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

/** A client that is told of a wrong password, or of a missing table, may well give up: that is not in here. */
const passing: {readonly [speech in Speech]: readonly string[]} = {
  httpStatus: ['429', '500', '503'],
  redisError: ['BUSY', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN', 'MAXCLIENTS', 'OOM', 'READONLY', 'TRYAGAIN'],
  postgresError: ['25006', '40001', '53200', '53300', '57014', '57P01', '57P03', 'XX000'],
  mysqlError: ['1040', '1053', '1205', '1213', '1290', '1317', '1927', '4031'],
  amqpError: ['320', '506', '541', 'BLOCKED', 'NACK'],
  smtpError: ['421', '450', '451', '452', '454'],
  natsError: ['503', '10008', '10023', 'LAME_DUCK', 'MAX_CONNECTIONS', 'STALE_CONNECTION', 'WITHHELD'],
  memcachedError: ['BUSY', 'INTERNAL', 'OUT_OF_MEMORY', 'TEMPORARY'],
  mqttError: ['3', '0x88', '0x89', '0x8B', '0x97', '0x98', 'WITHHELD'],
};

/** By the schemes of addresses; those of TLS are not among them, as nothing inside of it is followed. */
const schemes: Readonly<Record<string, Speech>> = {
  'http:': 'httpStatus',
  'redis:': 'redisError',
  'postgres:': 'postgresError',
  'postgresql:': 'postgresError',
  'mysql:': 'mysqlError',
  'mariadb:': 'mysqlError',
  'amqp:': 'amqpError',
  'smtp:': 'smtpError',
  'nats:': 'natsError',
  'mqtt:': 'mqttError',
  'memcached:': 'memcachedError',
};

/** Null where it is not known. */
export const speechOf = (target: TargetPlan): Speech | null => {
  switch (target.kind) {
    case 'http':
      return target.tls === undefined ? 'httpStatus' : null;
    case 'service':
      return serverErrorKinds.find(kind => servicesOf(kind).includes(target.service)) ?? null;
    case 'url':
      return schemes[URL.parse(target.url)?.protocol ?? ''] ?? null;
    case 'custom':
      return null;
  }
};

const servicesOf = (kind: ServerErrorKind): ProtocolFacts['services'] => protocols[kind].services;

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
  speech === 'httpStatus' ? {text: '', when: 'command'} : chosenError(speech, {...usual, error});

/** The server's usual text, without the codes at its beginning; empty for a status of HTTP. */
export const textOf = ({speech, error}: SaidStrike): string => {
  const {text} = chosenOf(speech, error);
  const [said = ''] = text.replace(`${error} `, '').split(/\. |; |\.$/);
  return speech === 'mysqlError' ? said.slice('08004 '.length) : said;
};

export const saidFault = ({speech, error}: SaidStrike, scope: ScopeOptions): Fault =>
  speech === 'httpStatus'
    ? made('httpStatus', {...scope, status: Number(error)})
    : made(speech, {...scope, error});
