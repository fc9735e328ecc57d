// What verify() returned, counted by operation: how often each is there, and which came before an earlier one.
import type {Applied} from '../scenarios/define-scenario.ts';

/** As a ledger's: a forged id must not cost gigabytes. */
const mostOperations = 2 ** 27;
const firstKept = 20;

export type Counted = {
  /** A byte per operation index, base64; 255 stands for 255 or more. */
  readonly applied: string;
  readonly reordered: {readonly count: number; readonly first: readonly number[]} | null;
};

/** Ids that are not of this trial are left out. */
export const countApplied = (trialId: string, {applied, isOrdered = false}: Applied): Counted => {
  const lists = applied.map(list => list.flatMap(id => indexOf(trialId, id) ?? []));
  const length = lists.reduce((most, list) => list.reduce((max, index) => Math.max(max, index + 1), most), 0);
  const counts = new Uint8Array(length);
  for (const index of lists.flat()) if (counts[index]! < 255) counts[index]!++;
  const late = isOrdered ? lists.flatMap(overtaken) : null;
  return {
    applied: Buffer.from(counts).toString('base64'),
    reordered: late && {count: late.length, first: late.slice(0, firstKept)},
  };
};

/** Those that come after a later one. A second time of the same operation is a duplicate, and no matter of order. */
const overtaken = (list: readonly number[]): number[] => {
  const seen = new Set<number>();
  const late: number[] = [];
  let latest = -1;
  for (const index of list) {
    if (index < latest && !seen.has(index)) late.push(index);
    latest = Math.max(latest, index);
    seen.add(index);
  }
  return late;
};

const indexOf = (trialId: string, id: string): number | null => {
  const digits = id.startsWith(`${trialId}-`) ? id.slice(trialId.length + 1) : '';
  const index = /^\d{1,10}$/.test(digits) ? Number(digits) : mostOperations;
  return index < mostOperations ? index : null;
};
