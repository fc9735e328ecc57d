// Why clients that are called healthy show a symptom in a storm after all, and rightly.
import type {SymptomId} from '../src/model/symptoms.ts';
import {type ClientRow, clients} from '../test/helpers/client-table.ts';

type Why = {readonly [symptom in SymptomId]?: string};

/** Warnings that are true of whoever does such a thing. */
const warningsOfAll: Why = {
  'retry-amplification': 'what a fault hits is tried again, a bounded number of times',
};

/** A number for a DOMException, such as 23 for a time-out. */
const codeAsType: Why = {
  'error-type-malformed':
    'the instrumentation of undici takes an error’s `code` for error.type, number or text',
};

const noErrorType: Why = {
  'error-type-malformed': 'the instrumentation gives a span the status error, and no error.type',
};

/** What has no limit of its own waits as long as the fault lasts. */
const waits = (why: string): Why => ({
  'hung-operation': why,
  'deadline-overrun': why,
  'no-default-timeout': why,
  'stale-work-sent': why,
  'replay-burst': why,
});

const notTraced =
  'the instrumentation gives spans to commands that are sent; one that is refused before has a span that never ends, or none';

/** The pack's libraries with the options that are recommended: what they show, and why that is true of them. */
const ofPack: {readonly [library: string]: Why} = {
  fetch: codeAsType,
  'undici-pool': {
    ...codeAsType,
    'under-utilised': 'the scenario has more callers than connections, so that they wait in the pool',
    'duration-misreported':
      'undici makes a request, and so its span, once a connection is free: the wait before is in no span',
  },
  'undici-retry-agent': codeAsType,
  elasticsearch: codeAsType,
  'graphql-request': {
    ...codeAsType,
    'telemetry-contradicts':
      'an error of GraphQL comes with status 200, and the library has no telemetry of its own to say so',
  },
  openai: {
    ...codeAsType,
    'telemetry-contradicts':
      'the SDK ends what takes too long by abort(), which the instrumentation of undici takes for the caller’s wish: no span has an error',
  },
  ioredis: {
    ...noErrorType,
    'unclassified-errors': 'ioredis rejects with a plain Error: only its message says why',
    'span-leak': notTraced,
  },
  bullmq: {
    ...noErrorType,
    'unclassified-errors': 'ioredis rejects with a plain Error: only its message says why',
    'span-leak': notTraced,
    'telemetry-contradicts': notTraced,
  },
  redis: waits('socketTimeout is a limit to silence both ways: it does not pass while commands are written'),
  'grpc-unary': noErrorType,
  'grpc-stream': {
    ...noErrorType,
    ...waits('a message on the stream that all share has no deadline of its own'),
  },
  nodemailer: waits('nothing bounds the wait for a connection of the pool'),
  memjs: waits('a command has no limit of its own while others are written to its connection'),
  mysql2: {
    ...noErrorType,
    ...waits('nothing bounds the wait in the pool’s queue'),
    'hidden-attempts': 'the pool calls the next waiter in the context of the one who gives a connection back',
    'telemetry-contradicts': 'the instrumentation gives spans to queries: who gets no connection has none',
  },
  amqplib: noErrorType,
  'azure-blob': noErrorType,
  'aws-sqs': noErrorType,
  'aws-s3': noErrorType,
  pg: {
    ...noErrorType,
    'telemetry-contradicts':
      'the pool runs the next waiter in the context of the one who gives a connection back, so that its spans are in the other one’s trace; and an error.type that the metrics have is missing in the spans',
  },
};

export type Kind = 'twins' | 'pack';

type Shown = {readonly symptom: SymptomId; readonly severity: 'warn' | 'fail'};

/** Null where there is no explanation: then it is a false alarm. */
export const explanationOf = (kind: Kind, client: string, {symptom, severity}: Shown): string | null => {
  const row = (clients as {readonly [name: string]: ClientRow})[client];
  const own = (kind === 'twins' ? row?.healthyAlso : ofPack[client])?.[symptom];
  return own ?? (severity === 'warn' ? warningsOfAll[symptom] : undefined) ?? null;
};
