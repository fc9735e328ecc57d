// A run with faults that only the embedded injector has is judged by what they hit; a real Toxiproxy is not asked for them.
import test from 'ava';
import {runOnce} from '../helpers/run-once.ts';
import {startSubject, subjectNames} from '../helpers/toxiproxy-subjects.ts';

test('several faults of a phase hit as they were asked to, and the run is judged', async t => {
  const ran = await runOnce(t, 'storm');
  const {trial, judgement} = ran.trial('only');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  // A busy machine may keep the run from being judged; its faults may not.
  const {gates} = judgement;
  t.deepEqual(
    gates.filter(({name}) => name.startsWith('fault-')),
    [],
  );
  if (gates.length === 0) t.not(judgement.verdict, 'inconclusive');
  const faults = judgement.phases.flatMap(phase => phase.faults);
  t.deepEqual(
    faults.map(({name}) => name),
    [
      'cut-1-resetAfter',
      'cut-2-latency',
      'cut-3-stall',
      'gone-1-halfOpen',
      'gone-2-blackhole',
      'flapping-1-flap',
      'swelling-1-latency',
      'swelling-2-resetPeer',
    ],
  );
  for (const {name, actions, decisions, applied} of faults) {
    t.true(actions! > 0, name);
    t.true(decisions! >= applied! && applied! > 0, name);
  }
  t.true(faults[7]!.applied! > 1, 'it came again');
  const swelling = trial.plan.phases.findIndex(({name}) => name === 'swelling');
  const medians = trial.driver.bins.filter(({phase}) => phase === swelling).map(({p50Ms}) => p50Ms ?? 0);
  t.true(Math.max(...medians) > 40, `the latency did not rise: ${medians.join(', ')} ms`);
  t.is(faults[2]!.applied, 3);
  t.is(faults[3]!.applied, 20);
  const report = ran.reportOf('only').replaceAll('\u00A0', ' ');
  t.true(report.includes('; requested 50.0%, observed '), 'the rates are shown');
  t.true(report.includes('latency from 0 ms to 150 ms, server to client'));
  t.true(report.includes('from 100 ms on, for 30 ms out of every 250 ms'));
  t.true(
    report.includes(
      'no response after 10 B, connection left open, server to client, on the first 3 connections only',
    ),
  );
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

if (subjectNames(line => console.error(line)).includes('real')) {
  test('with a real Toxiproxy the run does not start, and the fault is named', async t => {
    const server = await startSubject('real');
    t.teardown(() => server.stop());
    await t.throwsAsync(runOnce(t, 'storm', {toxiproxyUrl: server.url}), {
      code: 'FW_FAULT_UNSUPPORTED',
      message: `The Toxiproxy at ${server.url} does not support the fault resetAfter of phase "cut", or not with these options.`,
    });
  });
}
