// How many episodes a search tries in a minute, and how many of its moments it reaches: a Redis client whose operations take a
// millisecond.
import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {main, processIo} from '../src/cli/main.ts';
import type {Exploration} from '../src/explore/exploration.ts';
import {figureOf, type Limit, type Part, type Row, wantedOf} from './part.ts';

const rowOf = (title: string, unit: string, values: readonly number[], limit: Limit): Row => {
  const figure = figureOf(title, values);
  return {title, unit, digits: 0, figure, beside: {}, ratio: null, wanted: wantedOf(figure, limit, unit)};
};

export const part: Part = {
  title: 'Exploring',
  rounds: {full: 1, quick: 1},
  missing: () =>
    spawnSync('redis-server', ['--version']).error === undefined
      ? null
      : 'there is no redis-server; install the package of that name',
  async measure({rounds, isQuick, takes}) {
    const searches: Exploration[] = [];
    for (let round = 0; round < rounds; round++) searches.push(await explored(isQuick ? 15 : 60));
    const perMinute = searches.map(({episodeCount, searchMs}) => episodeCount / (searchMs / 60_000));
    const reached = searches.map(
      ({cells}) => (100 * cells.filter(({mark}) => mark !== 'unreached').length) / cells.length,
    );
    const rows = [
      rowOf('episodes per minute', '', perMinute, {atLeast: 60}),
      rowOf('moments reached', '%', reached, {atLeast: 95}),
    ];
    return {
      rows: rows.filter(({title}) => takes(title)),
      notes: searches.map(
        ({episodeCount, searchMs, cells, end}) =>
          `${episodeCount} episodes in ${(searchMs / 1000).toFixed(0)} s, for ${cells.length} moments; the search ended with "${end}".`,
      ),
    };
  },
};

const explored = async (seconds: number): Promise<Exploration> => {
  const cwd = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  let printed = '';
  try {
    await main({
      ...processIo(),
      argv: [
        ...['explore', 'redis', '--start-services', '--variant', 'recommended', '--depth', '1'],
        ...['--budget', `${seconds}s`, '--json', '--quiet'],
      ],
      cwd,
      stdout: {write: text => (printed += text)},
    });
  } finally {
    await rm(cwd, {recursive: true, force: true});
  }
  if (printed === '') throw new Error('the search printed no result');
  return JSON.parse(printed) as Exploration;
};
