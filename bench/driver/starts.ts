// (c) How exactly operations start, and beside it what the target sees of us and of other load generators.
import {peers} from './peers.ts';
import {runLoop, startTarget} from './processes.ts';
import {inTurns, type Measured, type Row} from './row.ts';

const ratePerSecond = 5000;

export const startsRow: Row = {
  name: 'starts',
  point: 'c',
  title: `starts: lag at the 99th percentile, ${ratePerSecond.toLocaleString('en')}/s, no-op subject`,
  unit: 'ms',
  digits: 2,
  limit: {atMost: 1},
  async measure({rounds, scale}) {
    const durationMs = 5000 * scale;
    const lags: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const {startLagP99Ms} = await runLoop({kind: 'paced', url: null, durationMs, ratePerSecond});
      lags.push(startLagP99Ms);
    }
    return {rounds: lags, ...(await witnessed(Math.max(1, Math.floor(rounds / 3)), durationMs))};
  },
};

/** The same target and rate for all; each tool's own words stand behind what the target saw. */
const witnessed = async (rounds: number, durationMs: number): Promise<Omit<Measured, 'rounds'>> => {
  const target = await startTarget();
  const others = peers();
  const tools = new Map(others.map(peer => [peer.name, peer.drive]));
  tools.set('foulweather', async ({url}) => {
    const result = await runLoop({kind: 'paced', url, durationMs, ratePerSecond});
    const rate = (result.operationCount * 1000) / result.elapsedMs;
    return `${rate.toFixed(0)}/s, start lag p50 ${result.startLagP50Ms.toFixed(2)} ms, p99 ${result.startLagP99Ms.toFixed(2)} ms`;
  });
  const seen: string[][] = [];
  await inTurns([...tools.keys()], rounds, async name => {
    await target.arrivals();
    const own = await tools.get(name)!({url: target.url, ratePerSecond, durationMs: durationMs + 1000});
    const {
      ratePerSecond: rate,
      spacingP50Ms,
      spacingP99Ms,
      spacingMaxMs,
      offBeatP99Ms,
    } = await target.arrivals();
    const figures = [spacingP50Ms, spacingP99Ms, spacingMaxMs, offBeatP99Ms].map(ms => ms.toFixed(2));
    seen.push([name, rate.toFixed(0), ...figures, own]);
  });
  await target.stop();
  const versions = await Promise.all(others.map(async ({name, version}) => `${name} ${await version()}`));
  const notAmongThem = others.length === 0 ? 'no other load generator was named' : versions.join(', ');
  return {
    details: [
      `the same ${ratePerSecond.toLocaleString('en')}/s over the loopback, as the target saw it: ${notAmongThem}`,
    ],
    table: [
      [
        'Tool',
        'Rate (/s)',
        'Spacing p50 (ms)',
        'Spacing p99 (ms)',
        'Largest gap (ms)',
        'Off an even beat, p99 (ms)',
        'Itself says',
      ],
      ...seen.sort(([a = ''], [b = '']) => a.localeCompare(b)),
    ],
  };
};
