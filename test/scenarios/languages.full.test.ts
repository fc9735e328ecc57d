// A library of the pack in each language: a run of it holds, and finds the library's version.
import test, {type ExecutionContext} from 'ava';
import {trialMistakes} from '../../scripts/trial-mistakes.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {builtinFile} from '../../src/scenarios/builtin.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {runOnce} from '../helpers/run-once.ts';
import {type Toolchain, testWith} from '../helpers/toolchains.ts';

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
    // The first run installs them, and the next one finds them.
    packagesDir: '.foulweather/test-packages',
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
