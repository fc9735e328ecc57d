// What the CPU profile and the heap profile of a subject cost it, beside the work that they watch.
import {inTurns, medianOf} from '../part.ts';
import {withHarnessRun} from './harness-run.ts';
import type {DriverRow} from './row.ts';

const kinds = ['without', 'with'] as const;
/** The warm-up is the first. */
const measured = 1;

export const profilesRow: DriverRow = {
  title: 'profiles: CPU per operation added to undici GETs at 3,000/s with OpenTelemetry',
  unit: '%',
  digits: 1,
  limit: {atMost: 5},
  async measure({rounds, scale}) {
    const costs: Record<(typeof kinds)[number], number[]> = {without: [], with: []};
    await inTurns(kinds, rounds, async kind => {
      costs[kind].push(await cpuUsPerOperation(kind === 'with', scale));
    });
    const [without, withThem] = kinds.map(kind => medianOf(costs[kind]).toFixed(1));
    return {
      rounds: costs.with.map((cost, round) => (100 * cost) / costs.without[round]! - 100),
      notes: [`profiles: ${without} µs of CPU per operation without profiles, ${withThem} µs with them.`],
    };
  },
};

const cpuUsPerOperation = (profiles: boolean, scale: number): Promise<number> =>
  withHarnessRun({scenario: 'gets', variant: 'gets', profiles}, scale, async ({journal}) => {
    let cpuMs = Number.NaN;
    let started = Number.NaN;
    for await (const event of journal) {
      if (event.kind === 'phases') {
        started = event.phases.find(({phase}) => phase === measured)?.started ?? started;
      }
      if (event.kind === 'phase-resources' && event.resources.phase === measured) ({cpuMs} = event.resources);
    }
    return (cpuMs * 1000) / started;
  });
