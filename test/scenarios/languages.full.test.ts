// A library of the pack in each language: a run of it holds, and finds the library's version.
import test, {type ExecutionContext} from 'ava';
import {trialMistakes} from '../../scripts/trial-mistakes.ts';
import type {Plan} from '../../src/model/plan.ts';
import {runtimeFigures} from '../../src/model/runtime-figures.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {renderReport} from '../../src/report/report.ts';
import {builtinFile} from '../../src/scenarios/builtin.ts';
import {against} from '../../src/scenarios/version-comparison.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {reportText} from '../helpers/report-text.ts';
import {runOnce} from '../helpers/run-once.ts';
import {serialWith, type Toolchain, testWith} from '../helpers/toolchains.ts';

type Expected = {
  readonly needs: readonly Toolchain[];
  readonly service?: ServiceName;
  readonly runtime: RegExp;
  readonly library: string;
  /** Whether OpenTelemetry instruments it. */
  readonly hasSpans: boolean;
};

const chosen: {readonly [scenario: string]: Expected} = {
  'python-requests': {
    needs: ['Python 3.9 or newer'],
    runtime: /^CPython 3\./,
    library: 'requests',
    hasSpans: true,
  },
  'go-redis': {
    needs: ['Go 1.21 or newer'],
    service: 'redis',
    runtime: /^Go 1\./,
    library: 'github.com/redis/go-redis/v9',
    hasSpans: false,
  },
  'java-net-http': {
    needs: ['a JDK, 17 or newer', 'Maven 3'],
    runtime: / (?:1[7-9]|[2-9]\d)\b/,
    library: 'java.net.http',
    hasSpans: false,
  },
};

const isThere = (name: ServiceName): boolean => {
  const service = services[name];
  const places = {path: process.env['PATH'] ?? '', cwd: process.cwd()};
  if (findProgram(service.program, service.folders, places) !== null) return true;
  console.error(`Left out, and needs what is not installed here: ${installCommand(service)}`);
  return false;
};

/** The first run installs them, and the next one finds them. */
const packagesDir = '.foulweather/test-packages';

const holds = async (
  t: ExecutionContext,
  scenario: string,
  {service, runtime, library, hasSpans}: Expected,
): Promise<void> => {
  t.timeout(400_000);
  const ran = await runOnce(t, scenario, {
    scenarioFile: builtinFile(scenario)!,
    startServices: service !== undefined,
    reshape: plan => ({...plan, variants: [plan.variants[0]]}),
    packagesDir,
  });
  t.is(ran.run.record.status, 'complete');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(trialMistakes(judgement), []);
  t.like(trial.end, {kind: 'completed'});
  t.regex(trial.runtime ?? '', runtime);
  t.regex(trial.versions[library] ?? '', /^\d+(?:\.\d+)+/);
  t.not(judgement.findings.find(({symptom}) => symptom === 'lost-acknowledged')?.verdict, 'present');
  if (hasSpans) t.true((trial.telemetry?.spanCount ?? 0) > 0, 'its spans come');
  const baseline = judgement.phases.find(({phase}) => phase === 'baseline');
  t.true((baseline?.successRatio ?? 0) > 0.9, JSON.stringify(trial.driver.failures));
};

for (const [scenario, expected] of Object.entries(chosen)) {
  const leave = expected.service !== undefined && !isThere(expected.service);
  (leave ? test.skip : testWith(...expected.needs))(scenario, t => holds(t, scenario, expected));
}

const calmPhases = (plan: Plan, scale = 1): Plan => {
  const [warmUp, baseline] = plan.phases;
  return {
    ...plan,
    phases: [
      {...warmUp, durationMs: 2000 * scale},
      {...baseline!, durationMs: 4000 * scale},
    ],
  };
};

serialWith('Python 3.9 or newer')(
  '--against: another version of a library, and what it needs as well',
  async t => {
    t.timeout(400_000);
    const name = 'python-requests';
    const ran = await runOnce(t, name, {
      scenarioFile: builtinFile(name)!,
      reshape: plan =>
        against(calmPhases({...plan, variants: [plan.variants[0]]}, 0.3), [
          {name: 'requests', spec: '2.28.2'},
        ]),
      packagesDir,
    });
    t.is(ran.run.record.status, 'complete');
    const [older, listed] = ['requests-2-28-2', 'defaults'].map(variant => ran.trial(variant));
    for (const {trial, judgement} of [older!, listed!]) {
      t.like(trial.end, {kind: 'completed'});
      const baseline = judgement.phases.find(({phase}) => phase === 'baseline');
      t.true((baseline?.successRatio ?? 0) > 0.9, JSON.stringify(trial.driver.failures));
    }
    t.is(older!.trial.versions['requests'], '2.28.2');
    t.regex(
      older!.trial.versions['urllib3'] ?? '',
      /^1\.26\./,
      'it does not go with the newer one that is listed',
    );
    const {requests = ''} = listed!.trial.versions;
    t.not(requests, '2.28.2');
    const report = reportText(renderReport(ran.run));
    t.true(report.includes(`| requests (version reported by the program) | \`2.28.2\` | \`${requests}\` |`));
  },
);

serialWith('a JDK, 17 or newer', 'Maven 3')(
  'case-thread-pool-java: five times the throughput and more, and the JVM’s metrics say why',
  async t => {
    t.timeout(400_000);
    const name = 'case-thread-pool-java';
    const scenarioFile = builtinFile(name)!;
    const ran = await runOnce(t, name, {scenarioFile, reshape: plan => calmPhases(plan), packagesDir});
    const seen = (variant: string) => {
      const {trial, judgement} = ran.trial(variant);
      t.like(trial.end, {kind: 'completed'});
      const groups = trial.system.flatMap(({threads = []}) => threads);
      return {
        goodput: judgement.phases.find(({phase}) => phase === 'baseline')?.goodputPerSecond ?? 0,
        pictures: judgement.diagnoses.map(({diagnosis}) => diagnosis),
        lookupThreads: Math.max(...groups.flatMap(group => (group.name === 'lookup' ? [group.count] : []))),
        runtime: runtimeFigures(trial, 1),
      };
    };
    const [before, after] = [seen('cpu-threads'), seen('threads-32')];
    t.true(after.goodput > 5 * before.goodput, `${before.goodput}/s before, ${after.goodput}/s after`);
    t.deepEqual([before.lookupThreads, after.lookupThreads], [2, 32]);
    t.true(before.pictures.includes('low-utilisation'));
    for (const {runtime} of [before, after]) {
      t.true((runtime?.heapMaxBytes ?? 0) > 1e6);
      t.true((runtime?.heapLimitBytes ?? 0) > (runtime?.heapMaxBytes ?? 0));
    }
    const threadsOf = ({runtime}: typeof before): number => runtime?.threads?.threadCount ?? 0;
    t.true(threadsOf(after) - threadsOf(before) >= 25, `${threadsOf(before)}, then ${threadsOf(after)}`);
    t.regex(ran.reportOf('cpu-threads'), /Peak threads \(runtime metrics\) \| \d+: \d+ waiting/);
  },
);
