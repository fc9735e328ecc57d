// Why clients that are called healthy show a symptom in a storm after all, and rightly: by client, and for all of them.
import type {SymptomId} from '../src/model/symptoms.ts';
import {type ClientRow, clients} from '../test/helpers/client-table.ts';

type Why = {readonly [symptom in SymptomId]?: string};

/** True of whoever retries, or has a pool, in such weather. */
const ofAll: Why = {
  'retry-amplification': 'operations that a fault hits are tried again, a bounded number of times',
};

const ofTwins: {readonly [client: string]: Why} = {};

const ofPack: {readonly [library: string]: Why} = {};

/** Null where it has no explanation: then it is a false alarm. */
export const explanationOf = (kind: 'twins' | 'pack', client: string, symptom: SymptomId): string | null => {
  const row = (clients as {readonly [name: string]: ClientRow})[client];
  const own = kind === 'twins' ? {...row?.healthyAlso, ...ofTwins[client]} : ofPack[client];
  return own?.[symptom] ?? ofAll[symptom] ?? null;
};
