// How long a user waits for `foulweather --version`, relative to a Node that does nothing.
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {inTurns, medianOf} from '../part.ts';
import type {DriverRow} from './row.ts';

const executable = fileURLToPath(new URL('../../bin/foulweather.js', import.meta.url));
const commands = {node: ['-e', '0'], foulweather: [executable, '--version']} as const;
const names = ['node', 'foulweather'] as const;

export const versionRow: DriverRow = {
  title: 'version: foulweather --version, relative to node -e 0',
  unit: '×',
  digits: 2,
  limit: {atMost: 1.5},
  async measure({rounds, scale}) {
    const times: Record<(typeof names)[number], number[]> = {node: [], foulweather: []};
    const repeats = Math.max(2, Math.round(10 * scale)) * rounds;
    await inTurns(names, repeats, async name => {
      const startMs = performance.now();
      const {status} = spawnSync(process.execPath, commands[name]);
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      times[name].push(performance.now() - startMs);
    });
    const bare = medianOf(times.node);
    const own = medianOf(times.foulweather);
    return {
      rounds: times.foulweather.map(time => time / bare),
      notes: [
        `version: node -e 0 takes ${bare.toFixed(1)} ms, foulweather --version ${own.toFixed(1)} ms; medians of ${repeats} each.`,
      ],
    };
  },
};
