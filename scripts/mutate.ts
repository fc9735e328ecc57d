// Changes source files in small ways, one at a time, and tells which changes no test notices.
//   npm run mutate                                                          what judges: a sample of it, at least 85 %
//   npm run mutate -- src/symptoms/connections/handshake-churn.ts … [--tests test/symptoms/a.test.ts] [--at-least 85]
// Its tests are those that --tests names; without it those that mirror the source's path (`name.test.ts`, `name-aspect.test.ts`),
// or where there is none, and for a symptom in any case, those of the mirroring folder and of the folders around it; and what is
// judged of all recorded runs where no file is named. A mutant is given to those of them that reach its place. A test that runs
// dist/ in another process does not see it.
// --at-least fails below a score in percent, --minutes (60) ends it, --workers (2) tests run at a time, and --sample N takes so
// many mutants at random (--seed 1): the score then has a 95 % interval. --sample 0 takes all.
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join, relative, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {binomialInterval} from '../src/stats/binomial.ts';
import {mulberry32} from '../src/stats/bootstrap.ts';
import {type Mutant, mutantsOf, mutatedSource} from './mutate/mutants.ts';
import {type Reach, readReach} from './mutate/reach.ts';
import {type Ended, root, runTests} from './mutate/run-tests.ts';

/** What judges a library: a defect there is a wrong accusation, or a wrong "met". */
const judging = [
  'src/symptoms/**/*.ts',
  'src/stats/*.ts',
  'src/run/judge/**/*.ts',
  'src/report/case-study/headline.ts',
];

const {values: flags, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    tests: {type: 'string', multiple: true},
    workers: {type: 'string', default: '2'},
    minutes: {type: 'string', default: '60'},
    'at-least': {type: 'string'},
    sample: {type: 'string'},
    seed: {type: 'string', default: '1'},
  },
});

type Source = {
  readonly file: string;
  readonly url: string;
  readonly text: string;
  readonly tests: readonly string[];
};

type CleanTest = {readonly file: string; readonly tookMs: number; readonly reach: Reach};

type Fate = 'killed' | 'timed-out' | 'survived' | 'unreached' | 'not-run';

const usage = (message: string): never => {
  console.error(message);
  process.exit(64);
};

/** Tests of the lanes that make whole runs count only where they are named: they take seconds each. */
const quickTests = (pattern: string): string[] =>
  globSync(pattern, {cwd: root}).filter(test => /^[^.]+\.test\.ts$/.test(basename(test)));

/** The folder of a test that mirrors the source, and those around it, up to the room's. */
const foldersAround = (folder: string): string[] =>
  dirname(folder) === 'test' || folder === 'test' ? [folder] : [folder, ...foldersAround(dirname(folder))];

const testsFor = (file: string): string[] => {
  if (flags.tests) return globSync(flags.tests, {cwd: root});
  const mirror = file.replace(/^src\//, 'test/').replace(/\.ts$/, '');
  const own = quickTests(`${mirror}{,-*}.test.ts`);
  // The tables of the symptoms have rows for each detector.
  const isAlone = own.length > 0 && !mirror.startsWith('test/symptoms/');
  const found = isAlone
    ? own
    : foldersAround(dirname(mirror)).flatMap(folder => quickTests(join(folder, '*.test.ts')));
  return found.length > 0 ? found : usage(`No tests for ${file}: name them by --tests.`);
};

const sourceOf = (path: string): Source => {
  const file = relative(root, resolve(path));
  return {
    file,
    url: pathToFileURL(resolve(root, file)).href,
    text: readFileSync(resolve(root, file), 'utf8'),
    tests: [...testsFor(file), ...allJudged],
  };
};

const isJudging = positionals.length === 0;
const sampleCount = Number(flags.sample ?? (isJudging ? 800 : 0));
const leastScore = Number(flags['at-least'] ?? (isJudging ? 85 : 0));
/** What is judged of all recorded runs, to the letter: for what the tests of the file itself do not find. */
const allJudged = isJudging ? ['test/clients/judgements.test.ts'] : [];
const sources = (isJudging ? globSync(judging, {cwd: root}).sort() : positionals).map(sourceOf);
const folder = mkdtempSync(join(tmpdir(), 'foulweather-mutate-'));
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));
const stop = new AbortController();
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interruption.abort());
setTimeout(() => stop.abort(), Number(flags.minutes) * 60_000).unref();
const signal = AbortSignal.any([stop.signal, interruption.signal]);
const common = {signal, compileCache: join(folder, 'compiled')};

const eachOf = async <T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> => {
  const rest = items.entries();
  await Promise.all(
    Array.from({length: Number(flags.workers)}, async () => {
      for (const [index, item] of rest) await work(item, index);
    }),
  );
};

/** Each test must pass without a mutant, or its failure with one says nothing. */
const runClean = async (): Promise<CleanTest[]> => {
  const urls = new Set(sources.map(({url}) => url));
  const clean: CleanTest[] = [];
  await eachOf([...new Set(sources.flatMap(({tests}) => tests))], async (file, index) => {
    const coverage = join(folder, `reach-${index}`);
    const ended = await runTests({...common, testFiles: [file], limitMs: 180_000, coverage});
    if (ended.kind === 'stopped') return;
    if (ended.kind !== 'passed') {
      console.error(ended.kind === 'failed' ? ended.output : '');
      throw new Error(`${file} does not pass without a mutant`);
    }
    clean.push({file, tookMs: ended.tookMs, reach: readReach(coverage, urls)});
    rmSync(coverage, {recursive: true, force: true});
  });
  return clean;
};

/** A mutant that is slow only because the machine was is told from one that never ends by a second, longer try. */
const tryMutant = async (
  source: Source,
  text: string,
  tests: readonly CleanTest[],
): Promise<Ended['kind']> => {
  const standin = {url: source.url, text};
  const testFiles = tests.map(({file}) => file);
  const limitMs = 10_000 + 5 * tests.reduce((sum, {tookMs}) => sum + tookMs, 0);
  const first = await runTests({...common, testFiles, limitMs, standin});
  if (first.kind !== 'timed-out') return first.kind;
  return (await runTests({...common, testFiles, limitMs: 2 * limitMs, standin})).kind;
};

/** The quickest test alone, since most mutants are found by the first one; then the others. */
const fateOf = async (
  source: Source,
  mutant: Mutant,
  text: string,
  tests: readonly CleanTest[],
): Promise<Fate> => {
  const [first, ...others] = tests
    .filter(({file, reach}) => source.tests.includes(file) && reach(source.url, mutant.reachedAt))
    .sort((a, b) => a.tookMs - b.tookMs);
  if (!first) return 'unreached';
  writeFileSync(text, mutatedSource(source.text, mutant));
  for (const some of others.length > 0 ? [[first], others] : [[first]]) {
    const kind = await tryMutant(source, text, some);
    if (kind === 'stopped') return 'not-run';
    if (kind === 'timed-out') return 'timed-out';
    if (kind === 'failed') return 'killed';
  }
  return 'survived';
};

/** A source that throws as it is loaded must fail the tests; otherwise mutants do not get to them, and nothing would be found. */
const proveReplacing = async (source: Source, text: string, tests: readonly CleanTest[]): Promise<void> => {
  const test = tests.find(({file, reach}) => source.tests.includes(file) && reach(source.url, 0));
  if (!test) return;
  writeFileSync(text, "throw new Error('a mutant');");
  const kind = await tryMutant(source, text, [test]);
  if (kind === 'passed') throw new Error(`${test.file} does not see the mutants of ${source.file}`);
};

const tests = await runClean();
type Job = {readonly source: Source; readonly mutant: Mutant};

/** The first of them in a random order, which the seed alone decides; then as they stand in the files. */
const sampled = (all: readonly Job[]): readonly Job[] => {
  if (sampleCount === 0 || sampleCount >= all.length) return all;
  const random = mulberry32(Number(flags.seed));
  const drawn = all.map((job, place) => ({job, place, order: random()}));
  return drawn
    .toSorted((a, b) => a.order - b.order)
    .slice(0, sampleCount)
    .toSorted((a, b) => a.place - b.place)
    .map(({job}) => job);
};

const everyJob = sources.flatMap(source => mutantsOf(source.text).map(mutant => ({source, mutant})));
const jobs = sampled(everyJob);
const fates: Fate[] = jobs.map(() => 'not-run');
console.log(`${jobs.length} of ${everyJob.length} mutants, ${tests.length} test files`);
await eachOf(sources, (source, index) => proveReplacing(source, join(folder, `source-${index}.ts`), tests));
await eachOf(jobs, async ({source, mutant}, index) => {
  if (signal.aborted) return;
  fates[index] = await fateOf(source, mutant, join(folder, `mutant-${index}.ts`), tests);
});

const labels: Readonly<Partial<Record<Fate, string>>> = {
  survived: 'survived ',
  unreached: 'unreached',
  'timed-out': 'timed out',
};
const count = (of: readonly Fate[], fate: Fate): number => of.filter(candidate => candidate === fate).length;
const scoreOf = (of: readonly Fate[]): number => {
  const decided = of.length - count(of, 'not-run');
  return decided === 0 ? 0 : (100 * (count(of, 'killed') + count(of, 'timed-out'))) / decided;
};
/** Of a sample, how sure that is: the exact interval of Clopper and Pearson. */
const intervalOf = (of: readonly Fate[]): string => {
  if (of !== fates || jobs.length === everyJob.length) return '';
  const found = count(of, 'killed') + count(of, 'timed-out');
  const {low, high} = binomialInterval(found, of.length - count(of, 'not-run'), 0.95);
  return ` (95 % interval ${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;
};

const summed = (of: readonly Fate[]): string => {
  const notRun = count(of, 'not-run');
  return [
    `${scoreOf(of).toFixed(0)} %${intervalOf(of)} of ${of.length - notRun} found`,
    `${count(of, 'killed')} killed`,
    `${count(of, 'timed-out')} timed out`,
    `${count(of, 'survived')} survived`,
    `${count(of, 'unreached')} unreached`,
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ');
};

for (const source of sources) {
  const own = jobs.flatMap((job, index) => (job.source === source ? [{...job, fate: fates[index]!}] : []));
  for (const {mutant, fate} of own) {
    const label = labels[fate];
    if (label !== undefined) {
      console.log(`${label} ${source.file}:${mutant.line}  ${mutant.original}  →  ${mutant.mutated}`);
    }
  }
  if (own.length > 0) console.log(`${source.file}: ${summed(own.map(({fate}) => fate))}`);
}
if (sources.length > 1) console.log(`all: ${summed(fates)}`);
if (count(fates, 'not-run') > 0) {
  console.log(interruption.signal.aborted ? 'Interrupted.' : `Ended after ${flags.minutes} minutes.`);
}
process.exit(count(fates, 'not-run') === 0 && scoreOf(fates) >= leastScore ? 0 : 1);
