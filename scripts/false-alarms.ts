// How often a detector cries wolf: the healthy clients of test/fixtures/clients under every built-in storm. Prints a table,
// writes a summary, and ends with 1 where a finding of severity fail is present.
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {cpus, tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {version} from '../src/cli/version.ts';
import type {PresentFinding} from '../src/model/finding.ts';
import type {Plan} from '../src/model/plan.ts';
import type {SymptomId} from '../src/model/symptoms.ts';
import {runScenario} from '../src/run/run-scenario.ts';
import type {Storm} from '../src/scenarios/storms/storm.ts';
import {inStorm, storms} from '../src/scenarios/storms.ts';
import {type ClientRow, clients} from '../test/helpers/client-table.ts';
import {Lanes} from '../test/helpers/lanes.ts';

const usage = `npm run false-alarms -- [options]

  --runs N       at least so many runs under each storm; every client is run once at least (20)
  --storms A,B   of ${storms.map(({name}) => name).join(', ')} (all)
  --clients A,B  by the symptom that the client is healthy of (all)
  --lanes N      so many runs at once (3)
  --minutes N    begin no run after so many minutes (no limit)
  --out FILE     where the summary goes (.foulweather/false-alarms.json)
`;

const {values: asked} = parseArgs({
  options: {
    runs: {type: 'string', default: '20'},
    storms: {type: 'string', default: storms.map(({name}) => name).join(',')},
    clients: {type: 'string', default: ''},
    lanes: {type: 'string', default: '3'},
    minutes: {type: 'string', default: 'Infinity'},
    out: {type: 'string', default: '.foulweather/false-alarms.json'},
    help: {type: 'boolean', default: false},
  },
});

type Job = {readonly storm: Storm; readonly client: string};
type Alarm = Job & {readonly symptom: SymptomId; readonly phase: string; readonly says: string};
type Ran = Job & {
  readonly verdict: string;
  readonly gates: readonly string[];
  readonly present: readonly PresentFinding[];
};

const root = resolve(import.meta.dirname, '..');
const startedAt = new Date();
const minuteMs = 60_000;

const rows = Object.entries(clients) as [SymptomId, ClientRow][];
const files = rows.filter(([symptom, {file = symptom}]) => file === symptom);

const fits = ({fits: wanted}: Storm, {speaks = 'http'}: ClientRow): boolean =>
  wanted === 'tcp' || speaks === 'http';

/** Each client once, and then from the first one again until there are runs enough. */
const jobsOf = (storm: Storm): Job[] => {
  const names = asked.clients === '' ? null : asked.clients.split(',');
  const healthy = files.filter(
    ([symptom, row]) =>
      (names === null || names.includes(symptom)) && fits(storm, row) && row.notInStorms === undefined,
  );
  const count = healthy.length === 0 ? 0 : Math.max(healthy.length, Number(asked.runs));
  return Array.from({length: count}, (_, index) => ({storm, client: healthy[index % healthy.length]![0]}));
};

/** The healthy client alone, held to the thresholds as they are by default: those of its file are for its short phases. */
const reshaped = (plan: Plan, storm: Storm): Plan => {
  const {thresholds: _, ...rest} = inStorm(plan, storm);
  const healthy = plan.variants.filter(({name}) => name === 'healthy');
  return {...rest, variants: healthy as unknown as Plan['variants']};
};

const run = async ({storm, client}: Job, seed: number): Promise<Ran> => {
  const baseDir = await mkdtemp(join(tmpdir(), 'foulweather-false-alarms-'));
  try {
    const {run: ran} = await runScenario({
      scenario: client,
      scenarioFile: join(root, `test/fixtures/clients/${client}.ts`),
      variants: null,
      reshape: plan => reshaped(plan, storm),
      toxiproxyUrl: null,
      seed,
      trialsPerVariant: 1,
      profiles: true,
      baseDir,
      command: () => `npm run false-alarms -- --storms ${storm.name} --clients ${client}`,
      version: version(),
      environment: process.env,
      now: () => new Date(),
      signal: new AbortController().signal,
      observer: {runStarted() {}, trialStarted() {}, trialEvent() {}},
    });
    const [trial] = ran.judgement.trials;
    if (!trial) throw new Error(`${client} was not tried in ${storm.name}`);
    return {
      storm,
      client,
      verdict: trial.verdict,
      gates: trial.gates.map(({name}) => name),
      present: trial.findings.filter(finding => finding.verdict === 'present'),
    };
  } finally {
    await rm(baseDir, {recursive: true, force: true, maxRetries: 3});
  }
};

const told = ({storm, client, present, gates}: Ran): string => {
  const named = present.map(({symptom, severity}) => (severity === 'fail' ? symptom.toUpperCase() : symptom));
  return [
    `${storm.name.padEnd(9)} ${client.padEnd(24)}`,
    named.length === 0 ? 'nothing' : named.join(', '),
    ...(gates.length === 0 ? [] : [`(not judged: ${gates.join(', ')})`]),
  ].join(' ');
};

const alarmsOf = ({storm, client, present}: Ran): Alarm[] =>
  present
    .filter(({severity}) => severity === 'fail')
    .map(({symptom, phase, evidence}) => ({storm, client, symptom, phase, says: evidence[0].says}));

const all = async (): Promise<void> => {
  const wanted = new Set(asked.storms.split(','));
  const jobs = storms.filter(({name}) => wanted.has(name)).flatMap(jobsOf);
  const untilMs = Date.now() + Number(asked.minutes) * minuteMs;
  const lanes = new Lanes(Number(asked.lanes));
  const ran: Ran[] = [];
  const failed: {readonly job: Job; readonly error: string}[] = [];
  await Promise.all(
    jobs.map((job, index) =>
      lanes.take(async () => {
        if (Date.now() > untilMs) return;
        try {
          const one = await run(job, index + 1);
          ran.push(one);
          console.log(told(one));
        } catch (error) {
          failed.push({job, error: String(error)});
          console.log(`${job.storm.name} ${job.client}: ${String(error)}`);
        }
      }),
    ),
  );
  await tell(jobs, ran, failed);
};

const tell = async (
  jobs: readonly Job[],
  ran: readonly Ran[],
  failed: readonly {readonly job: Job; readonly error: string}[],
): Promise<void> => {
  const alarms = ran.flatMap(alarmsOf);
  const perStorm = storms.map(storm => {
    const of = ran.filter(one => one.storm === storm);
    return {
      storm: storm.name,
      planned: jobs.filter(job => job.storm === storm).length,
      runs: of.length,
      clients: new Set(of.map(({client}) => client)).size,
      notJudged: of.filter(({gates}) => gates.length > 0).length,
      fail: of.flatMap(alarmsOf).length,
      warn: of.flatMap(({present}) => present.filter(({severity}) => severity === 'warn')).length,
    };
  });
  console.table(perStorm.filter(({planned}) => planned > 0));
  for (const {storm, client, symptom, phase, says} of alarms) {
    console.log(`${storm.name}, ${client}: ${symptom} in ${phase}: ${says}`);
  }
  const summary = {
    version: version(),
    startedAt: startedAt.toISOString(),
    minutes: Number(((Date.now() - startedAt.getTime()) / minuteMs).toFixed(1)),
    machine: {node: process.version, cpuCount: cpus().length},
    perStorm,
    alarms: alarms.map(({storm, ...alarm}) => ({storm: storm.name, ...alarm})),
    warnings: countBy(ran.flatMap(({present}) => present.filter(({severity}) => severity === 'warn'))),
    failed: failed.map(({job, error}) => ({storm: job.storm.name, client: job.client, error})),
    leftOut: rows.flatMap(([symptom, {notInStorms}]) =>
      notInStorms ? [{client: symptom, why: notInStorms}] : [],
    ),
  };
  await mkdir(dirname(resolve(asked.out)), {recursive: true});
  await writeFile(resolve(asked.out), `${JSON.stringify(summary, null, 2)}\n`);
  console.log(`${alarms.length} false alarms in ${ran.length} runs; the summary is in ${asked.out}`);
  process.exitCode = alarms.length + failed.length > 0 ? 1 : 0;
};

const countBy = (findings: readonly PresentFinding[]): {readonly [symptom: string]: number} =>
  Object.fromEntries(
    [...Map.groupBy(findings, ({symptom}) => symptom)].map(([symptom, of]) => [symptom, of.length]),
  );

if (asked.help) console.log(usage);
else await all();
