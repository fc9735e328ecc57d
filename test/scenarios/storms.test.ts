// The built-in storms: sound plans, and what they make of a scenario.
import test from 'ava';
import {isHttpFault} from '../../src/model/http-fault.ts';
import type {Phase} from '../../src/model/plan.ts';
import type {Speech} from '../../src/model/server-errors.ts';
import {isServerError, protocolOf} from '../../src/model/server-errors.ts';
import {thresholdsOf} from '../../src/model/symptoms.ts';
import {defineScenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';

import {findStorm, inStorm, stormNames, storms} from '../../src/scenarios/storms.ts';

type Target = Parameters<typeof defineScenario>[0]['target'];

const scenario = (
  phases: readonly Phase[],
  target: Target = {kind: 'http'},
): ReturnType<typeof defineScenario> =>
  defineScenario({
    name: 'mine',
    observation: 'It hangs.',
    target,
    variants: [{name: 'only', options: {}}],
    load: {model: 'open', ratePerSecond: 10, maxInFlight: 10},
    operation: {deadlineMs: 1000, idempotent: true},
    phases: phases as [Phase, ...Phase[]],
    goals: {run: {hungCount: {max: 0}}},
    subject: {open: () => null, perform: () => undefined},
  }) as ReturnType<typeof defineScenario>;

/** A target that speaks what a storm is for. */
const targets: {readonly [speech in Speech]?: Target} = {
  redis: {service: 'redis'},
  postgres: {service: 'postgres'},
  mysql: {service: 'mariadb'},
  amqp: {service: 'rabbitmq'},
  mqtt: {service: 'mosquitto'},
  nats: {service: 'nats'},
};

for (const {name, phases, fits, summary} of storms) {
  const isOfHttp = ['http', 'http2', 'grpc'].includes(fits);

  test(`${name}: a scenario with its phases has no mistakes`, t => {
    const target = fits === 'tcp' ? undefined : targets[fits];
    t.deepEqual(planOf(scenario(phases, target)).phases, phases);
    t.true(summary.length > 20);
  });

  test(`${name}: it has faults of what it fits only`, t => {
    const kinds = phases.flatMap(({faults}) => faults.map(({kind}) => kind));
    t.is(kinds.some(isHttpFault), isOfHttp);
    const errors = kinds.filter(isServerError);
    const spoken: readonly string[] = [...new Set(errors.map(protocolOf))];
    t.deepEqual(spoken, isOfHttp || fits === 'tcp' ? [] : [fits]);
    if (errors.length > 0) t.true(errors.length >= 2);
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

test('of all but quick each fault has a recovery of its own, and the general ones have at least twelve', t => {
  for (const {name, phases} of storms) {
    if (name === 'quick') continue;
    const faults = phases.filter(({role}) => role === 'fault');
    t.true(faults.length >= (['standard', 'http', 'http2', 'grpc'].includes(name) ? 12 : 6), name);
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
