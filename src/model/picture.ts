// Pictures: what an investigator reads out of several symptoms and figures together.
import type {SymptomId} from './symptoms.ts';

export const pictures = {
  'busy-collector': 'high CPU and memory, much garbage collection, low throughput',
  'idle-client': 'low throughput at low CPU and memory',
  'out-of-memory': 'out of memory',
  'retry-storm': 'retry storm',
  'no-return': 'does not come back',
  leaks: 'leaks with every fault',
  'false-word': 'says ok, and it is not; or says failed, and it is done',
  'hiding-telemetry': 'telemetry hides it',
} as const;

export type PictureId = keyof typeof pictures;

/** Those that tell of the process: what to look into for them is its CPU, its memory and its threads. */
export const processPictures: readonly PictureId[] = ['out-of-memory', 'busy-collector', 'idle-client'];

export type Picture = {
  readonly picture: PictureId;
  readonly phase: string;
  /** The symptoms that make it up, all of them present. */
  readonly symptoms: readonly [SymptomId, ...SymptomId[]];
  /** One sentence or more with the numbers. */
  readonly says: string;
};
