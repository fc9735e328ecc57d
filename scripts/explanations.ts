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

/** The pack's libraries with the options that are recommended. */
const ofPack: {readonly [library: string]: Why} = {
  fetch: codeAsType,
  'undici-pool': {
    ...codeAsType,
    'under-utilised': 'the scenario has more callers than connections, so that they wait in the pool',
  },
  'undici-retry-agent': codeAsType,
  ioredis: {
    ...noErrorType,
    'unclassified-errors': 'ioredis rejects with a plain Error: only its message says why',
  },
  bullmq: noErrorType,
  amqplib: noErrorType,
  mysql2: noErrorType,
  'grpc-unary': noErrorType,
  'grpc-stream': noErrorType,
};

export type Kind = 'twins' | 'pack';

type Shown = {readonly symptom: SymptomId; readonly severity: 'warn' | 'fail'};

/** Null where there is no explanation: then it is a false alarm. */
export const explanationOf = (kind: Kind, client: string, {symptom, severity}: Shown): string | null => {
  const row = (clients as {readonly [name: string]: ClientRow})[client];
  const own = (kind === 'twins' ? row?.healthyAlso : ofPack[client])?.[symptom];
  return own ?? (severity === 'warn' ? warningsOfAll[symptom] : undefined) ?? null;
};
