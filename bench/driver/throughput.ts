// What is left of undici's throughput when the driver calls it: GETs over the loopback, closed model.
import {inTurns, medianOf} from '../part.ts';
import {concurrency} from './loop.ts';
import {runLoop, startTarget} from './processes.ts';
import type {DriverRow} from './row.ts';

const kinds = ['bare', 'driver'] as const;

export const throughputRow: DriverRow = {
  title: `throughput: undici GETs through the driver, relative to a bare loop, ${concurrency} in flight`,
  unit: '%',
  digits: 1,
  limit: {atLeast: 95},
  async measure({rounds, scale}) {
    const target = await startTarget();
    const rates: Record<(typeof kinds)[number], number[]> = {bare: [], driver: []};
    const costs: Record<(typeof kinds)[number], number[]> = {bare: [], driver: []};
    await inTurns(kinds, rounds, async kind => {
      const result = await runLoop({kind, url: target.url, durationMs: 5000 * scale});
      rates[kind].push((result.operationCount * 1000) / result.elapsedMs);
      costs[kind].push(result.cpuUs / result.operationCount);
    });
    await target.stop();
    const [bare, driver] = kinds.map(
      kind =>
        `${Math.round(medianOf(rates[kind])).toLocaleString('en')} requests/s at ${medianOf(costs[kind]).toFixed(1)} µs of CPU each`,
    );
    return {
      rounds: rates.driver.map((rate, round) => (100 * rate) / rates.bare[round]!),
      notes: [`throughput: ${bare} in the bare loop, ${driver} in the driver.`],
    };
  },
};
