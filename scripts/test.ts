// Runs the tests lane by lane, each file once, and prints what the lanes and their slowest files took.
//
//   npm test               the lanes `unit` and `live`
//   npm run test:full      all lanes; `--again` and `--long` are those that `npm test` leaves out
//   npm run record         makes the recorded runs anew: test/recordings
import {spawn} from 'node:child_process';
import {globSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {compileCache} from '../test/helpers/compile-cache.ts';

type Lane = {
  readonly name: string;
  /** What its files have in common. */
  readonly of: string;
  readonly files: readonly string[];
  /** So many files at once. */
  readonly concurrency: number;
  readonly env?: Readonly<Record<string, string>>;
};

type FileTime = {readonly file: string; readonly ms: number};

type LaneResult = {
  readonly lane: Lane;
  readonly passed: boolean;
  readonly ms: number;
  readonly times: readonly FileTime[];
};

const slowestShown = 10;

const checkout = resolve(import.meta.dirname, '..');

const matching = (pattern: string): string[] => globSync(pattern, {cwd: checkout}).sort();

const kindOf = (file: string): string =>
  /\.(live|recorded|full|measured)\.test\.ts$/.exec(file)?.[1] ?? 'unit';

const filesOf = (...kinds: readonly string[]): string[] =>
  matching('test/**/*.test.ts').filter(file => kinds.includes(kindOf(file)));

const cores = availableParallelism();

const lanes: Readonly<Record<'unit' | 'live' | 'again' | 'measured' | 'full' | 'record', Lane>> = {
  unit: {
    name: 'unit',
    of: 'what needs no whole run, or judges a recorded one',
    files: filesOf('unit', 'recorded'),
    concurrency: cores,
  },
  // A run waits most of the time.
  live: {
    name: 'live',
    of: 'short whole runs, and real servers',
    files: filesOf('live'),
    concurrency: cores + 1,
  },
  again: {
    name: 'recorded, live',
    of: 'the recorded runs, made anew',
    files: filesOf('recorded'),
    concurrency: cores,
    env: {FOULWEATHER_RUNS: 'live'},
  },
  measured: {
    name: 'measured',
    of: 'whole runs whose throughput is compared',
    files: filesOf('measured'),
    concurrency: 1,
  },
  full: {
    name: 'full',
    of: 'long whole runs, and endurance',
    files: filesOf('full'),
    concurrency: cores + 1,
  },
  record: {
    name: 'record',
    of: 'the recorded runs, made anew and kept',
    files: filesOf('recorded'),
    concurrency: 1,
    env: {FOULWEATHER_RUNS: 'record'},
  },
};

const chosen: Readonly<Record<string, readonly Lane[]>> = {
  '': [lanes.unit, lanes.live],
  '--full': [lanes.unit, lanes.live, lanes.again, lanes.measured, lanes.full],
  '--again': [lanes.again],
  '--long': [lanes.measured, lanes.full],
  '--record': [lanes.record],
};

const run = async (lane: Lane, folder: string): Promise<LaneResult> => {
  const timesFile = join(folder, `${lane.name}.ndjson`);
  const startMs = performance.now();
  const options = ['--concurrency', String(lane.concurrency)];
  console.log(`\n${lane.name}: ${lane.of}; ${lane.files.length} files, ${lane.concurrency} at once`);
  const ava = spawn(
    process.execPath,
    [join(checkout, 'node_modules/ava/entrypoints/cli.js'), ...options, ...lane.files],
    {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...compileCache,
        ...lane.env,
        FOULWEATHER_TEST_TIMES: timesFile,
      },
    },
  );
  const code = await new Promise<number | null>((resolveCode, reject) => {
    ava.once('error', reject);
    ava.once('exit', resolveCode);
  });
  return {lane, passed: code === 0, ms: performance.now() - startMs, times: timesIn(timesFile)};
};

const timesIn = (file: string): FileTime[] => {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.map(line => JSON.parse(line) as FileTime).sort((a, b) => b.ms - a.ms);
  } catch {
    return [];
  }
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s`;

const tableOf = (results: readonly LaneResult[]): string =>
  [
    ...results.flatMap(({lane, passed, ms, times}) => [
      `\n${seconds(ms)}  ${lane.name}: ${lane.files.length} files ${passed ? 'passed' : 'FAILED'}; the slowest were`,
      ...times.slice(0, slowestShown).map(time => `${seconds(time.ms)}    ${time.file}`),
    ]),
    `\n${seconds(results.reduce((sum, {ms}) => sum + ms, 0))}  in all`,
  ].join('\n');

const asked = chosen[process.argv.slice(2).join(' ')];
if (asked === undefined) {
  console.error('Usage: node scripts/test.ts [--full | --again | --long | --record]');
  process.exitCode = 64;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'foulweather-times-'));
  const results: LaneResult[] = [];
  for (const lane of asked) results.push(await run(lane, folder));
  rmSync(folder, {recursive: true, force: true});
  console.log(tableOf(results));
  process.exitCode = results.every(({passed}) => passed) ? 0 : 1;
}
