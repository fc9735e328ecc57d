// The scenarios of the pack that have consumers, in short, with the variant that the docs recommend: what comes to them is
// told, batches included, and what the docs promise holds through a reset.
import test from 'ava';
import {trialMistakes} from '../../scripts/trial-mistakes.ts';
import {resetPeer} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {ServiceName} from '../../src/model/service.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {builtinFile} from '../../src/scenarios/builtin.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {isClear} from '../helpers/machine-doubt.ts';
import {runOnce} from '../helpers/run-once.ts';

type Consumer = {
  readonly scenario: string;
  readonly service?: ServiceName;
  readonly variant: string;
  /** How many kinds of operations take turns, and which of them are not for the consumer. */
  readonly kindCount: number;
  readonly others: readonly number[];
  readonly keeps: SymptomId;
};

const consumers: readonly Consumer[] = [
  {
    scenario: 'amqplib',
    service: 'rabbitmq',
    variant: 'recommended',
    kindCount: 4,
    others: [3],
    keeps: 'lost-acknowledged',
  },
  {
    scenario: 'nats',
    service: 'nats',
    variant: 'recommended',
    kindCount: 4,
    others: [3],
    keeps: 'lost-acknowledged',
  },
  {
    scenario: 'mqtt',
    service: 'mosquitto',
    variant: 'recommended',
    kindCount: 4,
    others: [3],
    keeps: 'lost-acknowledged',
  },
  {
    scenario: 'bullmq',
    service: 'redis',
    variant: 'recommended',
    kindCount: 4,
    others: [],
    keeps: 'lost-acknowledged',
  },
  {scenario: 'socket-io', variant: 'bounded', kindCount: 3, others: [], keeps: 'duplicate-effect'},
];

const inShort = (plan: Plan): Plan => ({
  ...plan,
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 500, faults: []},
    {name: 'baseline', role: 'baseline', durationMs: 1000, faults: []},
    {name: 'reset', role: 'fault', durationMs: 500, faults: [resetPeer()]},
    {name: 'recovery', role: 'recovery', durationMs: 2500, faults: []},
  ],
});

const isPromised = test.macro<[Consumer]>({
  title: (_, {scenario, keeps}) => `${scenario}: its consumer gets what is promised, and ${keeps} is clear`,
  async exec(t, {scenario, service, variant, kindCount, others, keeps}) {
    t.timeout(300_000);
    const ran = await runOnce(t, scenario, {
      scenarioFile: builtinFile(scenario)!,
      startServices: service !== undefined,
      variants: [variant],
      reshape: inShort,
      profiles: false,
    });
    const {trial, judgement} = ran.trial(variant);
    t.is(ran.run.record.status, 'complete');
    t.deepEqual(trialMistakes(judgement), []);
    const {deliveries, driver, verified} = trial;
    const kinds = new Set<number>();
    driver.operationPhases.forEach((phase, index) => {
      if (phase === 1 && deliveries![index]! > 0) kinds.add(index % kindCount);
    });
    const all = Array.from({length: kindCount}, (_, kind) => kind);
    t.deepEqual(
      [...kinds].toSorted(),
      all.filter(kind => !others.includes(kind)),
      'kinds that came',
    );
    isClear(t, judgement, keeps);
    if (service === undefined) return;
    const owed = verified!.owed!.reduce((sum, one) => sum + one, 0);
    t.true(owed > 50, `only ${owed} operations must have come`);
  },
});

const places = {path: process.env['PATH'] ?? '', cwd: process.cwd()};
for (const consumer of consumers) {
  const needed = consumer.service && services[consumer.service];
  if (needed && findProgram(needed.program, needed.folders, places) === null) {
    console.error(`${consumer.scenario} is not run: ${installCommand(needed)}`);
  } else test.serial(isPromised, consumer);
}
