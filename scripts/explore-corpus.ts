// Searches the pairs of a corpus without their faults: whether the published bug is found with no hint but the operations, and
// what the fixed version is blamed for.
import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {markdownTable} from 'markdown-table';
import type {ExploredFinding} from '../src/explore/exploration.ts';
import {FoulweatherError} from '../src/model/errors.ts';
import type {Plan} from '../src/model/plan.ts';
import {findingText} from '../src/report/explore/words.ts';
import {explore} from '../src/run/explore/explore.ts';
import {speechOf} from '../src/scenarios/speech.ts';
import {version} from '../src/store/version.ts';
import {isExpected, type Pair, pairsOf, workshop} from './pairs.ts';
import {type Job, sweep} from './sweep.ts';

const usage = `npm run corpus:explore -- FOLDER [options]

  FOLDER is as for \`npm run corpus\`. The phases of the scenarios, and so their faults, are not used.
  A bad version is searched until an expected symptom is found that the fixed version does not show under the same fault.

  --only A,B          these ids only (all)
  --side bad|fixed    only these versions (both)
  --budget SECONDS    for each search (180)
  --minutes N         begin no search after so many minutes (no limit)
  --seeds 1,2,3       a search of each bad version with each of them; of a fixed one with the first (1)
  --out FILE          where the results go (.foulweather/corpus-explored.json)
  --resume FILE       go on with the results in FILE: what is there is not searched again
  --found N           end with 1 where fewer bad versions are found
  --blamed N          end with 1 where more fixed versions have findings
`;

const {values: asked, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    only: {type: 'string', default: ''},
    side: {type: 'string'},
    budget: {type: 'string', default: '180'},
    minutes: {type: 'string', default: 'Infinity'},
    seeds: {type: 'string', default: '1'},
    out: {type: 'string', default: '.foulweather/corpus-explored.json'},
    resume: {type: 'string'},
    found: {type: 'string'},
    blamed: {type: 'string'},
    help: {type: 'boolean', default: false},
  },
});

type Side = 'bad' | 'fixed';

type Found = {
  /** The smallest plan that shows it. */
  readonly id: string;
  /** The worst, and what was seen besides. */
  readonly symptom: string;
  readonly others: readonly string[];
  readonly text: string;
  readonly statement: string;
  readonly error: string | null;
  /** Whether the other version shows it under the same fault; null where that was not tried. */
  readonly isInOther: boolean | null;
  /** Whether most of its tries showed it. */
  readonly isReliable: boolean;
};
type Searched = {
  readonly id: string;
  readonly side: Side;
  readonly seed: number;
  readonly seconds: number;
  readonly episodes: number;
  readonly end: string;
  readonly findings: readonly Found[];
};

/** The version that is searched comes last; each finding in a bad one is tried with the fixed one. */
const onlySide =
  (side: Side) =>
  (plan: Plan): Plan => {
    const bad = plan.variants[0];
    const fixed = plan.variants.at(-1)!;
    return {...plan, variants: side === 'bad' ? [fixed, bad] : [fixed]};
  };

const foundOf = (finding: ExploredFinding): Found => ({
  id: finding.id,
  symptom: finding.symptom,
  others: finding.others,
  text: findingText(finding, []),
  statement: finding.statement,
  error: finding.error,
  isInOther: finding.elsewhere[0]?.isShown ?? null,
  isReliable: finding.shownCount > finding.triedCount / 2,
});

const withoutFault = (symptom: string, statement: string): Found => ({
  id: 'calm',
  symptom,
  others: [],
  text: `Without any fault: ${statement}`,
  statement,
  error: null,
  isInOther: null,
  isReliable: true,
});

const showsExpected = (pair: Pair, {symptom, others}: Found): boolean =>
  [symptom, ...others].some(one => isExpected(pair, one));

const searchOne = async (pair: Pair, side: Side, seed: number, place: string): Promise<Searched> => {
  const startMs = performance.now();
  const runs = join(place, '.foulweather', 'searches');
  await mkdir(runs, {recursive: true});
  const dataDir = await mkdtemp(join(runs, `${pair.id}-${side}-`));
  const enough = new AbortController();
  const base = {id: pair.id, side, seed};
  const seconds = (): number => Math.round((performance.now() - startMs) / 1000);
  const searched = explore({
    id: pair.id,
    only: [],
    maxDepth: 2,
    budgetMs: Number(asked.budget) * 1000,
    jobs: 2,
    earlier: null,
    speechOf,
    run: {
      scenario: pair.id,
      scenarioFile: join(place, pair.scenario),
      variants: null,
      reshape: onlySide(side),
      toxiproxyUrl: null,
      target: {targetUrl: null, startServices: true},
      seed,
      trialsPerVariant: 1,
      profiles: false,
      baseDir: place,
      dataDir,
      command: () => `npm run corpus:explore -- ${positionals[0]} --only ${pair.id} --side ${side}`,
      version: version(),
      environment: process.env,
      now: () => new Date(),
      signal: enough.signal,
      observer: {runStarted() {}, trialStarted() {}, trialEvent() {}},
    },
    observer: {
      step() {},
      async known() {},
      found(finding) {
        const found = foundOf(finding);
        if (side === 'bad' && found.isReliable && found.isInOther === false && showsExpected(pair, found)) {
          enough.abort();
        }
      },
    },
  });
  try {
    const {episodeCount, end, findings, calm} = (await searched).exploration;
    return {
      ...base,
      seconds: seconds(),
      episodes: episodeCount,
      end,
      findings: [
        ...calm.map(({symptom, statement}) => withoutFault(symptom, statement)),
        ...findings.map(foundOf),
      ],
    };
  } catch (error) {
    // It does not even work without faults.
    if (!(error instanceof FoulweatherError && error.code === 'FW_EXPLORE_CALM')) throw error;
    const findings = [withoutFault('fails-when-calm', error.message)];
    return {...base, seconds: seconds(), episodes: 0, end: 'calm', findings};
  } finally {
    await rm(dataDir, {recursive: true, force: true});
  }
};

/** What tells the bad version from the fixed one, of one search. */
const apartIn = (pair: Pair, {findings}: Searched, fixed: Searched | undefined): readonly Found[] => {
  const isOwn = ({id, symptom, isInOther, isReliable}: Found): boolean =>
    id === 'calm'
      ? fixed?.findings.some(other => other.id === id && other.symptom === symptom) === false
      : isInOther === false && isReliable;
  const only = findings.filter(isOwn);
  const expected = only.filter(finding => showsExpected(pair, finding));
  return expected.length > 0 ? expected : only;
};

/** Of a pair, as far as it was searched. */
const rowOf = (pair: Pair, searched: readonly Searched[]): readonly string[] => {
  const own = searched.filter(({id}) => id === pair.id);
  const bad = own.filter(({side}) => side === 'bad');
  const fixed = own.find(({side}) => side === 'fixed');
  const apart = bad.map(one => apartIn(pair, one, fixed));
  const isExpectedOne = apart.flat().some(finding => showsExpected(pair, finding));
  const foundCount = apart.filter(({length}) => length > 0).length;
  const ids = new Set(apart.map(([first]) => first?.id));
  return [
    pair.id,
    foundCount === 0
      ? bad.length === 0
        ? ''
        : 'NO'
      : `${bad.length > 1 ? `${foundCount} of ${bad.length}` : 'yes'}${isExpectedOne ? '' : ', by others'}`,
    [...new Set(apart.flat().map(({symptom}) => symptom))].join(', '),
    bad.length > 1 ? (foundCount === bad.length && ids.size === 1 ? 'yes' : 'no') : '',
    bad.map(({seconds}) => `${seconds} s`).join(', '),
    fixed ? [...new Set(fixed.findings.map(({symptom}) => symptom))].join(', ') || 'nothing' : '',
    fixed ? `${fixed.seconds} s` : '',
  ];
};

const main = async (folder: string): Promise<void> => {
  const pairs = await pairsOf(folder, asked.only);
  const place = await workshop(folder);
  const sides = (['bad', 'fixed'] as const).filter(side => asked.side === undefined || asked.side === side);
  const seeds = asked.seeds.split(',').map(Number);
  const jobs = sides.flatMap(side =>
    pairs.flatMap(pair =>
      (side === 'bad' ? seeds : seeds.slice(0, 1)).map(
        (seed): Job<Searched> => ({
          key: `${pair.id} ${side} ${seed}`,
          run: () => searchOne(pair, side, seed, place),
        }),
      ),
    ),
  );
  const {results, failed, notBegun} = await sweep(jobs, {
    file: asked.resume ?? asked.out,
    resume: asked.resume !== undefined,
    lanes: 1,
    minutes: Number(asked.minutes),
    row: ({id, side, seed, findings, seconds, episodes}) =>
      [
        `${id}, ${side}, seed ${seed}: ${seconds} s, ${episodes} episodes`,
        ...findings.map(({symptom, text, isInOther}) => {
          const other = isInOther === null ? '' : isInOther ? ' (the fixed version as well)' : ' (bad only)';
          return `  ${symptom}: ${text}${other}`;
        }),
      ].join('\n'),
  });
  const rows = pairs.map(pair => rowOf(pair, results));
  const head = ['Pair', 'Found', 'By', 'Same result', 'Time', 'Fixed version', 'Time'];
  console.log(`\n${markdownTable([head, ...rows.map(row => [...row])])}\n`);
  const searched = pairs.filter(({id}) => results.some(one => one.id === id && one.side === 'bad'));
  const found = rows.filter(([, isFound]) => isFound !== '' && isFound !== 'NO').length;
  const fixed = results.filter(({side}) => side === 'fixed');
  const blamed = fixed.filter(({findings}) => findings.length > 0).length;
  console.log(
    `${found} of ${searched.length} bad versions found; ${blamed} of ${fixed.length} fixed versions have findings`,
  );
  for (const {key, error} of failed) console.log(`did not run: ${key}: ${error}`);
  if (notBegun.length > 0) console.log(`not begun: ${notBegun.join(', ')}`);
  const misses =
    found < Number(asked.found ?? 0) || blamed > Number(asked.blamed ?? Number.POSITIVE_INFINITY);
  process.exitCode = misses || failed.length > 0 ? 1 : 0;
};

const [folder] = positionals;
if (asked.help || folder === undefined) console.log(usage);
else await main(folder);
