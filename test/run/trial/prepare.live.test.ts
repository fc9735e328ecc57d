// prepare() of a scenario: done before the trial, past the injector, and what it leaves running ends with its process.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {FoulweatherError} from '../../../src/model/errors.ts';
import {Supervisor} from '../../../src/run/processes/supervisor.ts';
import {prepareTrial} from '../../../src/run/trial/prepare.ts';
import {fixture} from '../../helpers/run-folders.ts';
import {runOnce, watched} from '../../helpers/run-once.ts';
import {until} from '../../helpers/run-until.ts';

const limitMs = 30_000;

const opened = async (t: ExecutionContext) => {
  const told: string[] = [];
  const server = createServer((request, response) => {
    told.push(request.url ?? '');
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {watch, environment} = await watched(t);
  const supervisor = Supervisor.start(environment);
  t.teardown(() => supervisor.stop());
  const directUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const prepare = (variant: string) =>
    prepareTrial(
      supervisor,
      {scenarioFile: fixture('prepared'), directUrl, trialId: `${variant}-1`, variant},
      limitMs,
    );
  return {told, prepare, watch, supervisor};
};

test('it is done when the trial begins, and goes on until it is over', async t => {
  const {told, prepare, watch, supervisor} = await opened(t);
  const preparer = await prepare('welcome');
  t.is(told[0], '/welcome-1');
  await until(() => told.length > 2, limitMs);
  preparer.kill();
  await preparer.exited;
  await supervisor.stop();
  t.deepEqual(await watch.remains(), {processes: [], ports: []});
});

test('what it throws is told', async t => {
  const {prepare} = await opened(t);
  const error = await t.throwsAsync(prepare('refused'), {instanceOf: FoulweatherError});
  t.is(error.code, 'FW_SCENARIO_FAILED');
  t.regex(error.message, /^prepare\(\) of the scenario failed at prepared\.ts:\d+: Error: no such table\.$/);
  t.regex(error.details[0]!, /^at .*prepare \(prepared\.ts:\d+\)$/);
});

test('a run has it done before each trial', async t => {
  const {run, remains} = await runOnce(t, 'prepared', {variants: ['welcome']});
  t.is(run.record.status, 'complete');
  t.deepEqual(remains, {processes: [], ports: []});
  const broken = await t.throwsAsync(runOnce(t, 'prepared', {variants: ['refused']}), {
    instanceOf: FoulweatherError,
  });
  t.regex(broken.message, /^The run broke off: prepare\(\) of the scenario failed at prepared\.ts:\d+/);
  t.like(broken, {code: 'FW_SCENARIO_FAILED', exitCode: 64});
  t.regex(broken.hint, /Fix prepare\(\).* saved: foulweather report /);
});
