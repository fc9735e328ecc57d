// Runs the pairs of a corpus: a published bug's last bad version and its first fixed one, in one scenario each. Prints whether
// the two are told apart, by which symptom, and what the fixed version is accused of.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {markdownTable} from 'markdown-table';
import {z} from 'zod';
import type {TrialJudgement} from '../src/model/run.ts';
import {isExpected, type Pair, pairsOf, workshop} from './pairs.ts';
import {type Job, judgedRun, presentIn, sweep} from './sweep.ts';

const usage = `npm run corpus -- FOLDER [options]

  FOLDER has a corpus.json: an array of {id, package, bad, fixed, scenario, expected}. Each scenario is a file beside it whose
  first variant brings the bad version by \`packages\`, and whose last one the fixed version; \`expected\` names the symptoms that
  tell them apart, with | between them.

  --only A,B          these ids only (all)
  --lanes N           so many runs at once (1)
  --minutes N         begin no run after so many minutes (no limit)
  --out FILE          where the results go (.foulweather/corpus.json)
  --resume FILE       go on with the results in FILE: what is there is not run again
  --explained FILE    {"id": {"symptom": "why the fixed version does show it"}}: that is no false failure
  --told-apart N      end with 1 where fewer pairs are told apart
  --falsely-failed N  end with 1 where more fixed versions fail without an explanation
`;

const {values: asked, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    only: {type: 'string', default: ''},
    lanes: {type: 'string', default: '1'},
    minutes: {type: 'string', default: 'Infinity'},
    out: {type: 'string', default: '.foulweather/corpus.json'},
    resume: {type: 'string'},
    explained: {type: 'string'},
    'told-apart': {type: 'string'},
    'falsely-failed': {type: 'string'},
    help: {type: 'boolean', default: false},
  },
});

const explanationSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** What a version showed, worst first within each list. */
type Shown = {
  readonly verdict: string;
  readonly fails: readonly string[];
  readonly warns: readonly string[];
  readonly inconclusive: readonly string[];
  readonly gates: readonly string[];
  /** The first evidence of each symptom. */
  readonly statement: {readonly [symptom: string]: string};
};
type Ran = {
  readonly id: string;
  readonly runId: string;
  readonly seconds: number;
  readonly bad: Shown;
  readonly fixed: Shown;
};

const shownBy = (trial: TrialJudgement | undefined): Shown => {
  if (!trial) throw new Error('a variant was not tried');
  const present = presentIn(trial);
  const named = (wanted: 'fail' | 'warn'): string[] =>
    present.filter(({severity}) => severity === wanted).map(({symptom}) => symptom);
  return {
    verdict: trial.verdict,
    fails: named('fail'),
    warns: named('warn'),
    inconclusive: trial.findings
      .filter(({verdict}) => verdict === 'inconclusive')
      .map(({symptom}) => symptom),
    gates: trial.gates.map(({name}) => name),
    statement: Object.fromEntries(present.map(({symptom, evidence}) => [symptom, evidence[0].statement])),
  };
};

const run = async ({id, scenario}: Pair, place: string): Promise<Ran> => {
  const startMs = performance.now();
  const {record, judgement} = await judgedRun({
    scenario: id,
    scenarioFile: join(place, scenario),
    baseDir: place,
    seed: 1,
    profiles: false,
    command: `npm run corpus -- ${positionals[0]} --only ${id}`,
  });
  const [first, last] = [record.plan.variants[0], record.plan.variants.at(-1)];
  const of = (name: string | undefined): Shown =>
    shownBy(judgement.trials.find(({variant}) => variant === name));
  const seconds = Math.round((performance.now() - startMs) / 1000);
  return {id, runId: record.id, seconds, bad: of(first.name), fixed: of(last?.name)};
};

type Told = {readonly by: readonly string[]; readonly others: readonly string[]};

/** What the bad version shows and the fixed one does not. Others than those that are expected must be grave. */
const toldApart = (pair: Pair, {bad, fixed}: Ran): Told => {
  const ofFixed = new Set([...fixed.fails, ...fixed.warns]);
  const only = (symptoms: readonly string[]): string[] => symptoms.filter(symptom => !ofFixed.has(symptom));
  return {
    by: only([...bad.fails, ...bad.warns]).filter(symptom => isExpected(pair, symptom)),
    others: only(bad.fails).filter(symptom => !isExpected(pair, symptom)),
  };
};

const tableOf = (pairs: readonly Pair[], ran: readonly Ran[], explained: Explained): string => {
  const rows = pairs.flatMap(pair => {
    const one = ran.find(({id}) => id === pair.id);
    if (!one) return [];
    const {by, others} = toldApart(pair, one);
    const {fixed} = one;
    return [
      [
        pair.id,
        by.length > 0 ? 'yes' : others.length > 0 ? 'by others' : 'NO',
        [...by, ...others.map(name => `(${name})`)].join(', '),
        fixed.fails.length === 0
          ? 'no'
          : fixed.fails.map(name => (explained(pair, name) ? name : name.toUpperCase())).join(', '),
        fixed.warns.join(', '),
        [...new Set([...one.bad.gates, ...fixed.gates])].join(', '),
        `${one.seconds} s`,
      ],
    ];
  });
  const head = ['Pair', 'Told apart', 'By', 'Fixed version failed', 'Warned', 'Not judged for', 'Time'];
  return markdownTable([head, ...rows]);
};

type Explained = (pair: Pair, symptom: string) => boolean;

const readExplained = async (file: string | undefined): Promise<Explained> => {
  if (file === undefined) return () => false;
  const all = explanationSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  return ({id}, symptom) => all[id]?.[symptom] !== undefined;
};

const main = async (folder: string): Promise<void> => {
  const pairs = await pairsOf(folder, asked.only);
  const explained = await readExplained(asked.explained);
  const place = await workshop(folder);
  const jobs = pairs.map((pair): Job<Ran> => ({key: pair.id, run: () => run(pair, place)}));
  const {results, failed, notBegun} = await sweep(jobs, {
    file: asked.resume ?? asked.out,
    resume: asked.resume !== undefined,
    lanes: Number(asked.lanes),
    minutes: Number(asked.minutes),
    row: ({id, bad, fixed, seconds}) =>
      `${id}: ${bad.fails.join(', ') || 'nothing'} | ${fixed.fails.join(', ') || 'nothing'} (${seconds} s)`,
  });
  console.log(`\n${tableOf(pairs, results, explained)}\n`);
  const byId = (id: string): Pair => pairs.find(pair => pair.id === id)!;
  const apart = results.filter(one => {
    const {by, others} = toldApart(byId(one.id), one);
    return by.length + others.length > 0;
  });
  const falselyFailed = results.filter(({id, fixed}) =>
    fixed.fails.some(symptom => !explained(byId(id), symptom)),
  );
  console.log(
    `${apart.length} of ${results.length} told apart, ${falselyFailed.length} fixed versions failed`,
  );
  for (const {id, fixed} of falselyFailed) {
    for (const symptom of fixed.fails.filter(name => !explained(byId(id), name))) {
      console.log(`${id}, fixed: ${symptom}: ${fixed.statement[symptom]}`);
    }
  }
  for (const {key, error} of failed) console.log(`did not run: ${key}: ${error}`);
  if (notBegun.length > 0) console.log(`not begun: ${notBegun.join(', ')}`);
  const misses =
    apart.length < Number(asked['told-apart'] ?? 0) ||
    falselyFailed.length > Number(asked['falsely-failed'] ?? Number.POSITIVE_INFINITY);
  process.exitCode = misses || failed.length > 0 ? 1 : 0;
};

const [folder] = positionals;
if (asked.help || folder === undefined) console.log(usage);
else await main(folder);
