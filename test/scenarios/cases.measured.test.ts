// The case studies in short: the direction, the symptoms and the picture. How large the effect is, their reports tell.
import {createRequire} from 'node:module';
import test, {type ExecutionContext} from 'ava';
import type {DiagnosisId} from '../../src/model/diagnosis.ts';
import type {ServiceName} from '../../src/model/service.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {runOnce} from '../helpers/run-once.ts';

type Case = {
  readonly scenario: string;
  /** Started for the run, where it is installed. */
  readonly service?: ServiceName;
  readonly before: string;
  readonly after: string;
  readonly symptoms: readonly SymptomId[];
  /**
   * Null where a witness is absent that it needs: of a real server nobody knows how many operations it works on at once.
   * Or where it is the machine's matter: Azurite takes a CPU itself, and leaves the collector what it leaves.
   */
  readonly picture: DiagnosisId | null;
};

const tells = async (
  t: ExecutionContext,
  {scenario, service, before, after, symptoms, picture}: Case,
): Promise<void> => {
  const {run, trial} = await runOnce(t, scenario, {startServices: service !== undefined});
  const goodput = (variant: string): number =>
    trial(variant).judgement.phases.find(({role}) => role !== 'warm-up')?.goodputPerSecond ?? 0;
  t.true(goodput(after) > 1.5 * goodput(before), `${goodput(before)}/s before, ${goodput(after)}/s after`);
  const present = (variant: string): string[] =>
    trial(variant)
      .judgement.findings.filter(({verdict}) => verdict === 'present')
      .map(({symptom}) => symptom);
  for (const symptom of symptoms) {
    t.true(present(before).includes(symptom), `${symptom} before: ${present(before).join(', ')}`);
  }
  const pictured = (variant: string): string[] =>
    trial(variant).judgement.diagnoses.map(seen => seen.diagnosis);
  if (picture !== null) {
    t.true(pictured(before).includes(picture), JSON.stringify(trial(before).judgement.diagnoses));
    t.false(pictured(after).includes(picture));
  }
  t.is(run.record.status, 'complete');
};

const tellsItsStory = test.macro<[Case]>({
  title: (_, {scenario}) => `${scenario}: more throughput after the change, and the symptoms before it`,
  async exec(t, one) {
    t.timeout(300_000);
    await tells(t, one);
  },
});

test.serial(tellsItsStory, {
  scenario: 'short-exact-buffers',
  before: 'default-buffer',
  after: 'exact-buffer',
  symptoms: ['gc-pressure'],
  picture: 'gc-thrashing',
});
test.serial(tellsItsStory, {
  scenario: 'short-thread-pool',
  before: 'default-threads',
  after: 'threads-32',
  symptoms: ['under-utilised'],
  picture: 'low-utilisation',
});
for (const name of ['short-never-trust-defaults', 'short-never-trust-defaults-far'] as const) {
  test.serial(tellsItsStory, {
    scenario: name,
    before: 'default-credit',
    after: name.endsWith('far') ? 'credit-256' : 'credit-32',
    symptoms: ['out-of-memory'],
    picture: 'out-of-memory',
  });
}

/** Against a real server: where it is not installed, or a native module was not built, a line says so. */
const real: readonly (Case & {readonly service: ServiceName; readonly module?: string})[] = [
  {
    scenario: 'short-exact-buffers-azurite',
    service: 'azurite',
    before: 'default-buffer',
    after: 'exact-buffer',
    symptoms: [],
    picture: null,
  },
  {
    scenario: 'short-thread-pool-odbc',
    service: 'mariadb',
    module: 'odbc',
    before: 'default-threads',
    after: 'threads-64',
    symptoms: [],
    picture: null,
  },
  {
    scenario: 'short-never-trust-defaults-rabbitmq',
    service: 'rabbitmq',
    before: 'no-prefetch',
    after: 'prefetch-32',
    symptoms: ['out-of-memory'],
    picture: 'out-of-memory',
  },
];

const missingFor = ({service, module}: (typeof real)[number]): string | null => {
  const {program, folders} = services[service];
  const places = {path: process.env['PATH'] ?? '', cwd: process.cwd()};
  if (findProgram(program, folders, places) === null) return installCommand(services[service]);
  if (module === undefined) return null;
  try {
    createRequire(import.meta.url).resolve(module);
    return null;
  } catch {
    return `npm install ${module}`;
  }
};

for (const one of real) {
  const missing = missingFor(one);
  if (missing === null) test.serial(tellsItsStory, one);
  else console.error(`${one.scenario} is not run: ${missing}`);
}

if (missingFor(real[1]!) === null) {
  test.serial('odbc without its driver says what to install', async t => {
    t.timeout(60_000);
    const {reportOf} = await runOnce(t, 'driverless-odbc', {startServices: true});
    t.regex(reportOf('driverless'), /open\(\) failed.*apt-get install odbc-mariadb/);
  });
}
