// One scenario through the embedded injector, through our own one as a server, and through a real Toxiproxy.
import test, {type ExecutionContext} from 'ava';
import type {PhaseSummary} from '../../src/model/run.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';
import {startSubject, subjectNames} from '../helpers/toxiproxy-subjects.ts';

/** A fault is taken away just before the next phase begins: what starts in between is spared. */
const wasHit = ({started, outcomes}: PhaseSummary): boolean => outcomes.ok < started;

const passes = (t: ExecutionContext, ran: RunOnce): void => {
  const {trial, judgement} = ran.trial('only');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.deepEqual(otherGates(t, judgement.gates), []);
  if (judgement.gates.length === 0) t.is(judgement.verdict, 'met');
  const [baseline, slow, stalled, refused, recovery] = judgement.phases as readonly PhaseSummary[];
  // What is under way when the machine stands still for longer than the time limit fails.
  t.true(baseline!.successRatio! > 0.9);
  t.true(baseline!.serviceP50Ms! < 90);
  t.true(slow!.responseP50Ms! >= 95);
  t.true(wasHit(stalled!));
  t.true(stalled!.attempts! > 0, 'a stalled request reaches the target');
  t.true(wasHit(refused!));
  t.true(refused!.attempts! < refused!.started, 'refused operations do not reach the target');
  t.true(recovery!.successRatio! > 0.5);
  const codes = trial.driver.failures.map(({error}) => error.code);
  t.true(codes.includes('UND_ERR_HEADERS_TIMEOUT'), codes.join());
  t.true(codes.includes('ECONNREFUSED'), codes.join());
  t.deepEqual(ran.remains, {processes: [], ports: []});
};

test('the scenario passes through the embedded injector, which counts what it hit', async t => {
  const ran = await runOnce(t, 'ways');
  passes(t, ran);
  t.is(ran.run.record.environment.injector, 'embedded');
  const faults = ran.trial('only').judgement.phases.flatMap(phase => phase.faults);
  t.deepEqual(
    faults.map(({name}) => name),
    ['slow-1-latency', 'stalled-1-stall', 'refused-1-refuse'],
  );
  // What the kernel refuses nobody counts: null is not nothing.
  for (const {name, actions} of faults) t.not(actions, 0, name);
});

for (const name of subjectNames(line => console.error(line))) {
  test(`the scenario passes through --toxiproxy with ${name === 'ours' ? 'our own injector' : 'a real Toxiproxy'}`, async t => {
    const server = await startSubject(name);
    t.teardown(() => server.stop());
    const ran = await runOnce(t, 'ways', {toxiproxyUrl: server.url});
    passes(t, ran);
    t.true(ran.run.record.environment.injector.endsWith(`at ${server.url}`));
    const counted = ran
      .trial('only')
      .judgement.phases.flatMap(phase => phase.faults.map(({connectionsHit}) => connectionsHit !== null));
    t.deepEqual(
      counted,
      Array.from({length: 3}, () => name === 'ours'),
    );
    const proxies = await fetch(`${server.url}/proxies`);
    t.deepEqual(await proxies.json(), {}, 'its proxies are removed');
  });
}
