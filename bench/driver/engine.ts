// What the engine costs per operation, beyond the barest loop that performs the same nothing.
import {inTurns, medianOf} from '../part.ts';
import {runLoop} from './processes.ts';
import type {DriverRow} from './row.ts';

const kinds = ['bare', 'driver'] as const;

export const engineRow: DriverRow = {
  title: 'engine: CPU per operation beyond a bare loop, no-op subject',
  unit: 'µs',
  digits: 2,
  limit: {atMost: 1},
  async measure({rounds, scale}) {
    const costs: Record<(typeof kinds)[number], number[]> = {bare: [], driver: []};
    await inTurns(kinds, rounds, async kind => {
      const {cpuUs, operationCount} = await runLoop({kind, url: null, durationMs: 4000 * scale});
      costs[kind].push(cpuUs / operationCount);
    });
    const [bare, driver] = kinds.map(kind => medianOf(costs[kind]).toFixed(2));
    return {
      rounds: costs.driver.map((cost, round) => cost - costs.bare[round]!),
      notes: [`engine: ${bare} µs of CPU per operation in the bare loop, ${driver} µs in the driver.`],
    };
  },
};
