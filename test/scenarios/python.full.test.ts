// Libraries of the pack in Python: a run of them holds, and finds the library's versions and telemetry.
import test, {type ExecutionContext} from 'ava';
import {trialMistakes} from '../../scripts/trial-mistakes.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {builtinFile} from '../../src/scenarios/builtin.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {runOnce} from '../helpers/run-once.ts';
import {serialWith} from '../helpers/toolchains.ts';

type Expected = {readonly scenario: string; readonly service?: ServiceName; readonly library: string};

/** One that speaks HTTP, and one with a real server. The first to come installs the packages of all. */
const chosen: readonly Expected[] = [
  {scenario: 'python-requests', library: 'requests'},
  {scenario: 'python-redis', library: 'redis', service: 'redis'},
];

const isThere = (name: ServiceName): boolean => {
  const service = services[name];
  const places = {path: process.env['PATH'] ?? '', cwd: process.cwd()};
  if (findProgram(service.program, service.folders, places) !== null) return true;
  console.error(`Left out, and needs what is not installed here: ${installCommand(service)}`);
  return false;
};

const holds = async (t: ExecutionContext, {scenario, service, library}: Expected): Promise<void> => {
  t.timeout(400_000);
  const ran = await runOnce(t, scenario, {
    scenarioFile: builtinFile(scenario)!,
    startServices: service !== undefined,
    reshape: plan => ({...plan, variants: [plan.variants[0]]}),
    // All of them have the same packages.
    packagesDir: '.foulweather/test-python',
  });
  t.is(ran.run.record.status, 'complete');
  const {trial, judgement} = ran.trial('defaults');
  t.deepEqual(trialMistakes(judgement), []);
  t.like(trial.end, {kind: 'completed'});
  t.regex(trial.runtime ?? '', /^CPython 3\./);
  t.regex(trial.versions[library] ?? '', /^\d+\.\d+/);
  t.not(judgement.findings.find(({symptom}) => symptom === 'lost-acknowledged')?.verdict, 'present');
  t.true((trial.telemetry?.spanCount ?? 0) > 0, 'its spans come');
  const baseline = judgement.phases.find(({phase}) => phase === 'baseline');
  t.true((baseline?.successRatio ?? 0) > 0.9, JSON.stringify(trial.driver.failures));
};

for (const expected of chosen) {
  const {scenario, service} = expected;
  const leave = service !== undefined && !isThere(service);
  (leave ? test.serial.skip : serialWith('Python 3.9 or newer'))(scenario, t => holds(t, expected));
}
