// Real servers that are stopped, killed and paused under real clients: one that does not survive it, and one that does.
import type {ExecutionContext} from 'ava';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {doubtOfMachine} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';
import {withServer} from '../helpers/with-server.ts';

/** What is not known because of the machine is logged, and not held against a client. */
const verdictsOf = (
  t: Pick<ExecutionContext, 'log'>,
  ran: RunOnce,
  variant: string,
  symptoms: readonly SymptomId[],
): readonly string[] => {
  const {judgement} = ran.trial(variant);
  return symptoms.map(id => {
    const finding = judgement.findings.find(({symptom}) => symptom === id);
    const doubt = doubtOfMachine(finding);
    if (doubt !== null) t.log(`${id} of ${variant} is not known this time: ${doubt}`);
    return doubt === null ? (finding?.verdict ?? 'missing') : 'clear';
  });
};

const faultGatesOf = (ran: RunOnce, variant: string): readonly string[] =>
  ran.trial(variant).judgement.gates.flatMap(({name}) => (name.startsWith('fault-') ? [name] : []));

const looked: readonly SymptomId[] = ['wedged-client', 'process-crash', 'lost-acknowledged'];

withServer('postgres', 'PostgreSQL restarts under pg', async t => {
  const ran = await runOnce(t, 'restarted-postgres', {startServices: true});
  t.deepEqual(verdictsOf(t, ran, 'kept', ['wedged-client', 'process-crash']), ['present', 'clear']);
  t.deepEqual(verdictsOf(t, ran, 'pooled', ['wedged-client', 'process-crash']), ['clear', 'clear']);
  for (const variant of ['kept', 'pooled']) {
    const {trial, judgement} = ran.trial(variant);
    t.deepEqual(faultGatesOf(ran, variant), []);
    t.deepEqual(
      trial.serverEvents.map(({change}) => change),
      ['leaving', 'away', 'returning', 'back'],
    );
    const [restart, recovery] = [2, 3].map(phase => trial.edges.find(edge => edge.phase === phase)!);
    const [leaving, , returning, back] = trial.serverEvents.map(({atMs}) => atMs);
    t.true(leaving! >= restart!.beforeMs && returning! - leaving! >= 300, 'it is away for its phase');
    t.true(back! <= recovery!.beforeMs, 'the recovery begins when it is ready');
    const {faults, durationMs} = judgement.phases[2]!;
    t.like(faults[0], {kind: 'serverStop', actions: 1});
    t.true(faults[0]!.connectionsHit! > 0);
    t.true(faults[0]!.server!.startMs > 0 && durationMs >= 800 + faults[0]!.server!.startMs);
  }
  const report = ran.reportOf('kept');
  t.regex(report, /the server stopped in its own way, then started again/);
  t.regex(report, /away for .*, ready .* after it was to come back/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

withServer('redis', 'Redis is paused and killed under ioredis', async t => {
  const ran = await runOnce(t, 'restarted-redis', {startServices: true});
  t.deepEqual(verdictsOf(t, ran, 'final', looked), ['present', 'clear', 'clear']);
  t.deepEqual(verdictsOf(t, ran, 'returning', looked), ['clear', 'clear', 'clear']);
  for (const variant of ['final', 'returning']) {
    const {judgement} = ran.trial(variant);
    t.deepEqual(faultGatesOf(ran, variant), []);
    const [paused, killed] = [2, 3].map(phase => judgement.phases[phase]!.faults[0]!);
    t.like(paused, {kind: 'serverPause', actions: 1});
    // Of 400 ms: the beginning of a fault takes its time on a busy machine.
    t.true(paused!.server!.awayMs > 100);
    t.like(killed, {kind: 'serverKill', actions: 1});
    t.true(paused!.connectionsHit! > 0 && killed!.connectionsHit! > 0);
    // What waited for the pause to end is answered then: nothing is cut.
    t.is(judgement.phases[2]!.outcomes.ok, judgement.phases[2]!.started);
  }
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
