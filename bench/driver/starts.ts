// (c) How exactly operations start, and beside it what the target sees of us and of other load generators.
import {peers} from './peers.ts';
import {runLoop, startTarget} from './processes.ts';
import {inTurns, type Row} from './row.ts';

const ratePerSecond = 5000;

export const startsRow: Row = {
  name: 'starts',
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
    return {rounds: lags, details: await witnessed(Math.max(1, Math.floor(rounds / 3)), durationMs)};
  },
};

/** The same target and rate for all; each tool's own words stand behind what the target saw. */
const witnessed = async (rounds: number, durationMs: number): Promise<string[]> => {
  const target = await startTarget();
  const tools = new Map(peers().map(peer => [peer.name, peer.drive]));
  tools.set('foulweather', async ({url}) => {
    const result = await runLoop({kind: 'paced', url, durationMs, ratePerSecond});
    const rate = (result.operationCount * 1000) / result.elapsedMs;
    return `${rate.toFixed(0)}/s, start lag p50 ${result.startLagP50Ms.toFixed(2)} ms, p99 ${result.startLagP99Ms.toFixed(2)} ms`;
  });
  const lines: string[] = [];
  await inTurns([...tools.keys()], rounds, async name => {
    await target.arrivals();
    const own = await tools.get(name)!({url: target.url, ratePerSecond, durationMs: durationMs + 1000});
    const seen = await target.arrivals();
    const ms = (value: number): string => value.toFixed(2);
    lines.push(
      `${name}: the target saw ${seen.ratePerSecond.toFixed(0)}/s, spacing p50 ${ms(seen.spacingP50Ms)}, p99 ${ms(seen.spacingP99Ms)}, max ${ms(seen.spacingMaxMs)} ms, off the beat p99 ${ms(seen.offBeatP99Ms)} ms; itself: ${own}`,
    );
  });
  await target.stop();
  return lines.sort();
};
