// When operations were meant to start, at the latest: known to half a second.
import type {Trial} from '../model/trial.ts';

/** Operations are numbered as they start, so that their bin, and with it their latest start, follows from the counts. */
export const latestStarts = (trial: Trial): ((index: number) => number | null) => {
  let sum = 0;
  const ends = trial.driver.bins.map(({started, startMs, durationMs}) => {
    sum += started;
    return {before: sum, endMs: startMs + durationMs};
  });
  return index => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]!.before > index) high = middle;
      else low = middle + 1;
    }
    return ends[low]?.endMs ?? null;
  };
};
