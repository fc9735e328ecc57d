// How exactly operations start.
import {runLoop} from './processes.ts';
import type {DriverRow} from './row.ts';

const ratePerSecond = 5000;

export const startsRow: DriverRow = {
  title: `starts: p99 lag at ${ratePerSecond.toLocaleString('en')}/s, no-op subject`,
  unit: 'ms',
  digits: 2,
  limit: {atMost: 1},
  async measure({rounds, scale}) {
    const lags: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const {startLagP99Ms} = await runLoop({
        kind: 'paced',
        url: null,
        durationMs: 5000 * scale,
        ratePerSecond,
      });
      lags.push(startLagP99Ms);
    }
    return {rounds: lags, notes: []};
  },
};
