// How often the tool cries wolf: clients that are healthy under every built-in storm. They are the healthy twins of
// test/fixtures/clients, and the pack's libraries with the options that it recommends. Prints what each run showed, with the
// explanation where there is one, and ends with 1 where a finding of severity fail, or one about telemetry, has none.
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {cpus, tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {markdownTable} from 'markdown-table';
import type {Plan} from '../src/model/plan.ts';
import {telemetrySymptoms} from '../src/model/symptoms/telemetry.ts';
import type {SymptomId} from '../src/model/symptoms.ts';
import {builtinFile} from '../src/scenarios/builtin.ts';
import {librariesIn} from '../src/scenarios/pack.ts';
import {speechOfEntry} from '../src/scenarios/speech.ts';
import type {Storm} from '../src/scenarios/storms/storm.ts';
import {inStorm, storms} from '../src/scenarios/storms.ts';
import {version} from '../src/store/version.ts';
import {type ClientRow, clients} from '../test/helpers/client-table.ts';
import {explanationOf, type Kind} from './explanations.ts';
import {type Job, judgedRun, presentIn, sweep} from './sweep.ts';

const usage = `npm run false-alarms -- [options]

  --kinds A,B      of twins, pack (both)
  --runs N         of the twins at least so many runs under each storm; each is run once at least (20)
  --storms A,B     of ${storms.map(({name}) => name).join(', ')} (all)
  --clients A,B    twins by the symptom that they are healthy of, libraries by their scenario (all)
  --lanes N        so many runs at once (3)
  --minutes N      begin no run after so many minutes (no limit)
  --out FILE       where the runs go, and, as FILE.summary.json, their summary (.foulweather/false-alarms.json)
  --resume FILE    go on with the runs in FILE: what is there is not run again
  --no-profiles    without profiles
`;

const {values: asked} = parseArgs({
  options: {
    kinds: {type: 'string', default: 'twins,pack'},
    runs: {type: 'string', default: '20'},
    storms: {type: 'string', default: storms.map(({name}) => name).join(',')},
    clients: {type: 'string', default: ''},
    lanes: {type: 'string', default: '3'},
    minutes: {type: 'string', default: 'Infinity'},
    out: {type: 'string', default: '.foulweather/false-alarms.json'},
    resume: {type: 'string'},
    'no-profiles': {type: 'boolean', default: false},
    help: {type: 'boolean', default: false},
  },
});

/** A healthy client: where it is, and which of its variants is the healthy one. */
type Client = {
  readonly kind: Kind;
  readonly name: string;
  readonly scenarioFile: string;
  readonly speaks: string | null;
  readonly isHealthy: (variant: string, index: number, count: number) => boolean;
};

type Alarm = {
  readonly symptom: SymptomId;
  readonly severity: 'warn' | 'fail';
  readonly phase: string;
  readonly statement: string;
};
type Ran = {
  readonly kind: Kind;
  readonly storm: string;
  readonly client: string;
  readonly verdict: string;
  readonly gates: readonly string[];
  readonly present: readonly Alarm[];
};

const root = resolve(import.meta.dirname, '..');
const startedAt = new Date();
const minuteMs = 60_000;

const rows = Object.entries(clients) as [SymptomId, ClientRow][];

const twins: readonly Client[] = rows
  .filter(([symptom, {file = symptom, notInStorms}]) => file === symptom && notInStorms === undefined)
  .map(([symptom, {speaks = 'http'}]) => ({
    kind: 'twins',
    name: symptom,
    scenarioFile: join(root, `test/fixtures/clients/${symptom}.ts`),
    speaks,
    isHealthy: variant => variant === 'healthy',
  }));

/** The last variant of a library's scenario has the options that are recommended. */
const libraries: readonly Client[] = librariesIn('javascript').map(entry => {
  const {name} = entry;
  const scenarioFile = builtinFile(name);
  if (scenarioFile === null) throw new Error(`the pack has no file for ${name}`);
  return {
    kind: 'pack',
    name,
    scenarioFile,
    speaks: speechOfEntry(entry),
    isHealthy: (_variant, index, count) => index === count - 1,
  };
});

const isWanted = ({kind, name}: Client): boolean =>
  asked.kinds.split(',').includes(kind) && (asked.clients === '' || asked.clients.split(',').includes(name));

/** Each once; of the twins, from the first one again until there are runs enough. */
const jobsOf = (storm: Storm): Job<Ran>[] => {
  const fitting = (all: readonly Client[]): Client[] =>
    all.filter(client => isWanted(client) && (storm.fits === 'tcp' || storm.fits === client.speaks));
  const healthy = fitting(twins);
  const count = healthy.length === 0 ? 0 : Math.max(healthy.length, Number(asked.runs));
  const again = Array.from({length: count}, (_, index) => ({
    client: healthy[index % healthy.length]!,
    round: 1 + Math.floor(index / healthy.length),
  }));
  const once = fitting(libraries).map(client => ({client, round: 1}));
  // The same whatever else is asked for, so that a sweep may be made in parts.
  return [...again, ...once].map(({client, round}) => ({
    key: `${storm.name} ${client.kind} ${client.name} ${round}`,
    run: () => run(storm, client, round),
  }));
};

/** The healthy client alone, held to the thresholds as they are by default: those of a twin's file are for its short phases. */
const reshaped = (plan: Plan, storm: Storm, {kind, isHealthy}: Client): Plan => {
  const {thresholds, ...rest} = inStorm(plan, storm);
  const {variants} = plan;
  const healthy = variants.filter(({name}, index) => isHealthy(name, index, variants.length));
  return {
    ...rest,
    ...(kind === 'pack' && thresholds && {thresholds}),
    variants: healthy as unknown as Plan['variants'],
  };
};

const run = async (storm: Storm, client: Client, seed: number): Promise<Ran> => {
  const baseDir = await mkdtemp(join(tmpdir(), 'foulweather-false-alarms-'));
  try {
    const {judgement} = await judgedRun({
      scenario: client.name,
      scenarioFile: client.scenarioFile,
      reshape: plan => reshaped(plan, storm, client),
      seed,
      profiles: !asked['no-profiles'],
      baseDir,
      command: `npm run false-alarms -- --storms ${storm.name} --clients ${client.name}`,
    });
    const [trial] = judgement.trials;
    if (!trial) throw new Error(`${client.name} was not tried in ${storm.name}`);
    return {
      kind: client.kind,
      storm: storm.name,
      client: client.name,
      verdict: trial.verdict,
      gates: trial.gates.map(({name}) => name),
      present: presentIn(trial).map(({symptom, severity, phase, evidence}) => ({
        symptom,
        severity,
        phase,
        statement: evidence[0].statement,
      })),
    };
  } finally {
    await rm(baseDir, {recursive: true, force: true, maxRetries: 3});
  }
};

const row = ({storm, client, present, gates}: Ran): string => {
  const named = present.map(({symptom, severity}) => (severity === 'fail' ? symptom.toUpperCase() : symptom));
  return [
    `${storm.padEnd(9)} ${client.padEnd(24)}`,
    named.length === 0 ? 'nothing' : named.join(', '),
    ...(gates.length === 0 ? [] : [`(not judged: ${gates.join(', ')})`]),
  ].join(' ');
};

const isOfTelemetry = ({symptom}: Alarm): boolean => symptom in telemetrySymptoms;

/** What would have a user look for a defect that is not there. */
const isGrave = (alarm: Alarm): boolean => alarm.severity === 'fail' || isOfTelemetry(alarm);

type Said = Alarm & {
  readonly storm: string;
  readonly client: string;
  readonly why: string | null;
};

const saidOf = ({kind, storm, client, present}: Ran): Said[] =>
  present.map(alarm => ({...alarm, storm, client, why: explanationOf(kind, client, alarm)}));

const report = async (
  jobs: readonly Job<Ran>[],
  ran: readonly Ran[],
  failed: readonly {readonly key: string; readonly error: string}[],
  file: string,
): Promise<void> => {
  const said = ran.flatMap(saidOf);
  const isUnexplained = ({why}: Said): boolean => why === null;
  const grave = said.filter(one => isUnexplained(one) && isGrave(one));
  const perStorm = storms.map(({name}) => {
    const of = ran.filter(({storm}) => storm === name);
    const saidIn = said.filter(({storm}) => storm === name);
    const falseIn = saidIn.filter(isUnexplained);
    return {
      storm: name,
      planned: jobs.filter(({key}) => key.startsWith(`${name} `)).length,
      runs: of.length,
      clients: new Set(of.map(({client}) => client)).size,
      notJudged: of.filter(({gates}) => gates.length > 0).length,
      falseFails: falseIn.filter(({severity}) => severity === 'fail').length,
      falseTelemetryWarnings: falseIn.filter(one => isOfTelemetry(one) && one.severity === 'warn').length,
      otherWarnings: falseIn.filter(one => !isGrave(one)).length,
      explained: saidIn.length - falseIn.length,
    };
  });
  console.table(perStorm.filter(({planned}) => planned > 0));
  for (const {storm, client, symptom, phase, statement} of grave) {
    console.log(`${storm}, ${client}: ${symptom} in ${phase}: ${statement}`);
  }
  const groups = Map.groupBy(
    said.filter(one => !grave.includes(one)),
    ({client, symptom}) => `${client} ${symptom}`,
  );
  console.log(
    `\n${markdownTable([
      ['Client', 'Symptom', 'Runs', 'Why', 'The first'],
      ...[...groups.values()].map(([first, ...more]) => [
        first!.client,
        first!.severity === 'fail' ? first!.symptom.toUpperCase() : first!.symptom,
        String(1 + more.length),
        first!.why ?? 'NOT EXPLAINED',
        `${first!.storm}, ${first!.phase}: ${first!.statement}`,
      ]),
    ])}\n`,
  );
  const summary = {
    version: version(),
    startedAt: startedAt.toISOString(),
    minutes: Number(((Date.now() - startedAt.getTime()) / minuteMs).toFixed(1)),
    machine: {node: process.version, cpuCount: cpus().length},
    perStorm,
    said,
    failed,
    leftOut: rows.flatMap(([symptom, {notInStorms}]) =>
      notInStorms ? [{client: symptom, why: notInStorms}] : [],
    ),
  };
  const summaryFile = `${file}.summary.json`;
  await mkdir(dirname(resolve(summaryFile)), {recursive: true});
  await writeFile(summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  const fails = grave.filter(({severity}) => severity === 'fail').length;
  console.log(
    `${fails} false fails and ${grave.length - fails} false telemetry warnings in ${ran.length} of ${jobs.length} runs; the summary is in ${summaryFile}`,
  );
  for (const {key, error} of failed) console.log(`did not run: ${key}: ${error}`);
  process.exitCode = grave.length + failed.length > 0 ? 1 : 0;
};

const main = async (): Promise<void> => {
  const wanted = new Set(asked.storms.split(','));
  const jobs = storms.filter(({name}) => wanted.has(name)).flatMap(jobsOf);
  const file = asked.resume ?? asked.out;
  const {results, failed} = await sweep(jobs, {
    file,
    resume: asked.resume !== undefined,
    lanes: Number(asked.lanes),
    minutes: Number(asked.minutes),
    row,
  });
  await report(jobs, results, failed, file);
};

if (asked.help) console.log(usage);
else await main();
