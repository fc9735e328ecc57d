// Outcomes as small whole numbers: counted in place, told as a record.
import {type OutcomeCounts, outcomeStatuses} from '../model/outcome.ts';

export const emptyCounts = (): number[] => outcomeStatuses.map(() => 0);

export const toOutcomeCounts = (counts: readonly number[]): OutcomeCounts => ({
  ok: counts[1]!,
  failed: counts[2]!,
  unknown: counts[3]!,
  rejected: counts[4]!,
  wrong: counts[5]!,
  hung: counts[6]!,
});
