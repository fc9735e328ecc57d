// TLS faults through the whole harness: what a client that verifies, and one that does not, makes of each.
import test from 'ava';
import type {PhaseSummary} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const codesOf = (trial: Trial, phase: string): string[] => {
  const index = trial.plan.phases.findIndex(({name}) => name === phase);
  return trial.driver.failures
    .filter(({countByPhase}) => (countByPhase[index] ?? 0) > 0)
    .map(({error}) => String(error.code));
};

const phaseOf = (ran: RunOnce, variant: string, phase: string): PhaseSummary =>
  ran.trial(variant).judgement.phases.find(summary => summary.phase === phase)!;

const seen: readonly (readonly [phase: string, code: string])[] = [
  ['closed', 'ECONNRESET'],
  ['reset', 'ECONNRESET'],
  ['alert', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'],
  ['untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['expired', 'CERT_HAS_EXPIRED'],
  ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

test('each TLS fault hits, and is seen for what it is', async t => {
  const ran = await runOnce(t, 'tls');
  for (const variant of ['verifies', 'trusting']) {
    const {trial, judgement} = ran.trial(variant);
    t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
    t.deepEqual(otherGates(t, judgement.gates), [], variant);
    t.true(phaseOf(ran, variant, 'baseline').successRatio! > 0.8);
    for (const [phase] of seen) {
      const [fault] = phaseOf(ran, variant, phase).faults;
      t.true(fault!.connectionsHit! > 0, `${variant}: ${phase}`);
    }
  }
  const strict = ran.trial('verifies').trial;
  // What starts just before an edge may meet the next phase's fault.
  for (const [phase, code] of seen) t.true(codesOf(strict, phase).includes(code), `${phase}: ${code}`);
  const trusting = ran.trial('trusting').trial.driver.failures.map(({error}) => error.code);
  for (const phase of ['untrusted', 'self-signed', 'expired', 'wrong-host']) {
    t.true(phaseOf(ran, 'trusting', phase).outcomes.ok > 0, `a client that does not verify works: ${phase}`);
  }
  t.deepEqual(
    trusting.filter(code => /CERT|VERIFY/.test(String(code))),
    [],
  );
  const witness = strict.injector.at(-1)!.witness;
  for (const [index, {name, faults}] of strict.plan.phases.entries()) {
    for (const [position, fault] of faults.entries()) {
      const {firstHitMs, lastHitMs} = witness.faults[`${name}-${position + 1}-${fault.kind}`]!;
      const edgeOf = (phase: number) => strict.edges.find(edge => edge.phase === phase)!;
      // The injector's clock counts whole milliseconds.
      t.true(firstHitMs! - strict.originEpochMs >= edgeOf(index).beforeMs - 2, `${name} hit before its edge`);
      t.true(
        lastHitMs! - strict.originEpochMs <= edgeOf(index + 1).afterMs + 2,
        `${name} hit after its edge`,
      );
    }
  }
  const log = strict.injectorLog!;
  const hit = new Set(log.connections.flatMap(({hits}) => hits));
  t.is(hit.size, seen.length, 'the journal says which connection each fault hit');
  t.is(log.connectionsLeftOut, 0);
  const logged = ran.events.get(strict.id)!.filter(({kind}) => kind === 'injector-log');
  t.is(logged.length, strict.plan.phases.length + 1, 'after each phase, and at the end');
  t.regex(ran.reportOf('verifies'), /### Sample hits/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
