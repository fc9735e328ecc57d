// How many episodes a search tries in a minute, and how many of its moments it reaches: `npm run bench:explore -- [seconds]`, a
// Redis client whose operations take a millisecond. Needs redis-server.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {main, processIo} from '../src/cli/main.ts';
import type {Exploration} from '../src/explore/exploration.ts';

const least = {perMinute: 60, reachedShare: 0.95};

const [seconds = 60] = process.argv.slice(2).map(Number);
const cwd = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
let printed = '';
await main({
  ...processIo(),
  argv: [
    ...['explore', 'redis', '--start-services', '--variant', 'recommended', '--depth', '1'],
    ...['--budget', `${seconds}s`, '--json', '--quiet'],
  ],
  cwd,
  stdout: {write: text => (printed += text)},
});
await rm(cwd, {recursive: true, force: true});
const {episodeCount, searchMs, cells, end} = JSON.parse(printed) as Exploration;
const perMinute = episodeCount / (searchMs / 60_000);
const reachedShare = cells.filter(({mark}) => mark !== 'unreached').length / cells.length;
console.log(
  `${episodeCount} episodes in ${(searchMs / 1000).toFixed(0)} s (${end}): ${perMinute.toFixed(0)} a minute (at least ${least.perMinute}); ` +
    `${(100 * reachedShare).toFixed(1)} % of ${cells.length} moments reached (at least ${100 * least.reachedShare} %)`,
);
if (perMinute < least.perMinute || reachedShare < least.reachedShare) process.exitCode = 1;
