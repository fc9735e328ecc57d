// (a) What the engine costs per operation, beside the barest loop that performs the same nothing.
import {runLoop} from './processes.ts';
import {inTurns, medianOf, type Row} from './row.ts';

const kinds = ['bare', 'driver'] as const;

export const engineRow: Row = {
  name: 'engine',
  point: 'a',
  title: 'engine: CPU per operation over a bare loop, no-op subject',
  unit: 'µs',
  digits: 2,
  limit: {atMost: 1},
  async measure({rounds, scale}) {
    const costs: Record<(typeof kinds)[number], number[]> = {bare: [], driver: []};
    await inTurns(kinds, rounds, async kind => {
      const {cpuUs, operationCount} = await runLoop({kind, url: null, durationMs: 4000 * scale});
      costs[kind].push(cpuUs / operationCount);
    });
    return {
      rounds: costs.driver.map((cost, round) => cost - costs.bare[round]!),
      details: kinds.map(kind => `${kind}: ${medianOf(costs[kind]).toFixed(2)} µs of CPU per operation`),
    };
  },
};
