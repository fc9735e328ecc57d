// The built-in storms: sound plans, and what they make of a scenario.
import test from 'ava';
import {isHttpFault} from '../../src/model/http-fault.ts';
import type {Phase} from '../../src/model/plan.ts';
import {thresholdsOf} from '../../src/model/symptoms.ts';
import {defineScenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {findStorm, inStorm, stormNames, storms} from '../../src/scenarios/storms.ts';

const scenario = (phases: readonly Phase[]): ReturnType<typeof defineScenario> =>
  defineScenario({
    name: 'mine',
    observation: 'It hangs.',
    target: {kind: 'http'},
    variants: [{name: 'only', options: {}}],
    load: {model: 'open', ratePerSecond: 10, maxInFlight: 10},
    operation: {deadlineMs: 1000, idempotent: true},
    phases: phases as [Phase, ...Phase[]],
    goals: {run: {hungCount: {max: 0}}},
    subject: {open: () => null, perform: () => undefined},
  }) as ReturnType<typeof defineScenario>;

for (const {name, phases, fits, summary} of storms) {
  test(`${name}: a scenario with its phases has no mistakes`, t => {
    t.deepEqual(planOf(scenario(phases)).phases, phases);
    t.true(summary.length > 20);
  });

  test(`${name}: it has faults of HTTP only where it fits that`, t => {
    t.is(
      phases.some(({faults}) => faults.some(({kind}) => isHttpFault(kind))),
      fits !== 'tcp',
    );
  });

  test(`${name}: it begins calm, and ends with a recovery that is long enough to be judged`, t => {
    t.deepEqual(
      phases.slice(0, 2).map(({role}) => role),
      ['warm-up', 'baseline'],
    );
    t.is(phases.at(-1)!.role, 'recovery');
    t.true(phases.at(-1)!.durationMs >= 6000);
  });

  test(`${name}: who is not back is watched for as long as every detector needs`, t => {
    const recoveries = phases.filter(({role}) => role === 'recovery');
    const {wedgedMs} = thresholdsOf('wedged-client', {});
    for (const {prolongedToMs = 0} of recoveries) t.true(prolongedToMs > wedgedMs + 2000);
    const {resetMs, graceMs} = thresholdsOf('breaker-stuck', {});
    const {afterMs} = thresholdsOf('metastable', {});
    t.true(recoveries.at(-1)!.prolongedToMs! > Math.max(resetMs + graceMs, afterMs));
  });
}

test('standard, http and grpc have at least twelve faults, each with a recovery of its own', t => {
  for (const name of ['standard', 'http', 'grpc']) {
    const {phases} = findStorm(name)!;
    const faults = phases.filter(({role}) => role === 'fault');
    t.true(faults.length >= 12);
    for (const [index, phase] of phases.entries()) {
      if (phase.role !== 'fault') continue;
      t.is(phases[index + 1]!.name, `after-${phase.name}`);
      t.true(phases[index + 1]!.durationMs >= 3500, phase.name);
    }
  }
});

test('quick takes less than half a minute', t => {
  t.true(findStorm('quick')!.phases.reduce((sum, {durationMs}) => sum + durationMs, 0) < 30_000);
});

test('of a scenario the load, the operation and the goals of the whole run stay', t => {
  const phases: readonly Phase[] = [{name: 'calm', role: 'baseline', durationMs: 100, faults: []}];
  const plan = {
    ...planOf(scenario(phases)),
    goals: {run: {hungCount: {max: 0}}, calm: {lostCount: {max: 0}}},
  };
  const storm = findStorm('quick')!;
  t.deepEqual(inStorm(plan, storm), {
    ...plan,
    storm: 'quick',
    phases: storm.phases,
    goals: {run: {hungCount: {max: 0}}},
  });
  t.deepEqual(inStorm({...plan, goals: {}}, storm).goals, {});
});

test('a name that is none', t => {
  t.is(findStorm('tornado'), null);
  t.true(stormNames.includes('standard'));
});
