// Each planted defect shows under the one fault that it is made for, and its healthy twin gets over it.
import {resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {closeAfter, type Fault, resetAfter} from '../../src/model/fault.ts';
import type {Moment} from '../../src/model/fault-defaults.ts';
import type {SymptomId} from '../../src/model/finding.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {HitPlace} from '../../src/model/proxy-witness.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {Lanes} from '../helpers/lanes.ts';
import {isOfTheLibrary} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

/** A run waits most of the time. */
const lanes = new Lanes(2);

const struckBy =
  (faults: readonly Fault[]) =>
  (plan: Plan): Plan => ({
    ...plan,
    phases: [
      ...plan.phases,
      {name: 'struck', role: 'fault', durationMs: 1000, faults},
      // A wedged client is watched for longer.
      {name: 'recovery', role: 'recovery', durationMs: 1000, prolongedToMs: 6000, faults: []},
    ],
  });

const failingIn = ({findings}: TrialJudgement): SymptomId[] =>
  findings
    .filter(finding => finding.verdict === 'present' && finding.severity === 'fail')
    .map(({symptom}) => symptom);

/** Which fault hit a connection, by its place in the list, and where. */
type Hit = {readonly fault: number; readonly place: HitPlace};

const hitsOf = ({injectorLog}: Trial): Hit[] =>
  injectorLog!.connections.flatMap(({hits, hitsAt = []}) =>
    hits.map((name, index) => ({
      fault: Number(/^struck-(\d+)-/.exec(name)![1]) - 1,
      place: hitsAt[index]!,
    })),
  );

const isAt = ({exchange, direction, since}: Moment, place: HitPlace): boolean =>
  (since === 'fault' || place.exchange === exchange) &&
  (direction === undefined || place.direction === direction);

type Struck = Fault & {readonly at: Moment};

const run = (
  t: Pick<ExecutionContext, 'teardown' | 'timeout'>,
  scenario: string,
  faults: readonly Struck[],
  variants: readonly string[],
): Promise<RunOnce> => {
  t.timeout(300_000);
  return lanes.take(() =>
    runOnce(t, scenario, {
      scenarioFile: resolve(import.meta.dirname, `planted/${scenario}.ts`),
      variants,
      reshape: struckBy(faults),
      limits: {idleMs: 600, lingerMs: 1500, calibrationMs: 50},
    }),
  );
};

/** Infinity: any number, and more than one. */
type HitCounts = readonly number[];

const misses = (trial: Trial, faults: readonly Struck[], hitCounts: HitCounts): string[] => {
  const hits = hitsOf(trial);
  const counts = faults.map((_, index) => hits.filter(({fault}) => fault === index).length);
  return [
    ...hits
      .filter(({fault, place}) => !isAt(faults[fault]!.at, place))
      .map(({fault, place}) => `fault ${fault + 1} hit at ${JSON.stringify(place)}`),
    ...counts.flatMap((count, index) => {
      const wanted = hitCounts[index]!;
      const isRight = Number.isFinite(wanted) ? count === wanted : count > 1;
      return isRight ? [] : [`fault ${index + 1} hit ${count} connections`];
    }),
  ];
};

const once = (faults: readonly Struck[]): HitCounts => faults.map(() => 1);

/** Nothing is wrong with it, unless the machine stood still for longer than an operation may wait. */
const recovers = (t: ExecutionContext, judgement: TrialJudgement): void => {
  if (isOfTheLibrary(t, judgement)) t.deepEqual(failingIn(judgement), []);
  t.true((judgement.phases.at(-1)?.successRatio ?? 0) >= 0.9, 'it recovers');
};

const shows = test.macro({
  title: (_, scenario: string) => scenario,
  async exec(
    t,
    scenario: string,
    symptoms: readonly SymptomId[],
    faults: readonly Struck[],
    hitCounts: HitCounts = once(faults),
  ) {
    const ran = await run(t, scenario, faults, ['broken', 'healthy']);
    const broken = ran.trial('broken');
    const healthy = ran.trial('healthy');
    t.deepEqual(misses(broken.trial, faults, hitCounts), []);
    t.deepEqual(misses(healthy.trial, faults, hitCounts), []);
    const shown = failingIn(broken.judgement);
    t.deepEqual(
      symptoms.filter(symptom => !shown.includes(symptom)),
      [],
      `only ${shown.join(', ')}`,
    );
    recovers(t, healthy.judgement);
  },
});

const bears = test.macro({
  title: (_, scenario: string) => `${scenario}, with one cut instead of two`,
  async exec(t, scenario: string, fault: Struck) {
    const {trial, judgement} = (await run(t, scenario, [fault], ['broken'])).trial('broken');
    t.deepEqual(misses(trial, [fault], [1]), []);
    recovers(t, judgement);
  },
});

/** The server's next reply on a connection that is in use. */
const nextReply = {exchange: 1, direction: 'downstream', since: 'fault'} as const;

const closeAt = (
  at: Moment,
  scope: {readonly firstN?: number; readonly nth?: number} = {firstN: 1},
): Struck => ({
  ...closeAfter({...scope, at}),
  at,
});

for (const [step, reply] of [
  [1, 3],
  [2, 5],
  [3, 7],
] as const) {
  test(
    shows,
    `handshake-step-${step}`,
    ['hung-operation', 'orphaned-operation'],
    [closeAt({exchange: reply, cut: 'before'})],
  );
}

test(
  shows,
  'lost-resubscribe',
  ['silent-consumer', 'wedged-client', 'hung-operation'],
  [closeAt({...nextReply, cut: 'after'})],
);

test(
  shows,
  'leaked-slot',
  ['pool-slot-leak', 'wedged-client'],
  [closeAt({...nextReply, cut: 'before'}, {firstN: 2})],
  [2],
);

test(bears, 'leaked-slot', closeAt({...nextReply, cut: 'before'}));

test(shows, 'half-read-retry', ['truncation-accepted'], [closeAt({...nextReply, cut: 'within'})]);

test(shows, 'crash-before-body', ['process-crash'], [closeAt({...nextReply, cut: 'after'})]);

// The one that acts second is put in place first: the client comes back within milliseconds.
test(
  shows,
  'cut-reconnect',
  ['wedged-client'],
  [closeAt({exchange: 3, cut: 'before'}), closeAt({...nextReply, cut: 'before'})],
);

test(bears, 'cut-reconnect', closeAt({...nextReply, cut: 'before'}));

const idle = {...nextReply, cut: 'after'} as const;
// A reset that came together with the reply would find a client that does not watch yet.
test(
  shows,
  'idle-reset',
  ['unhandled-rejection'],
  [{...resetAfter({firstN: 1, at: idle, afterMs: 40}), at: idle}],
);

// Every second one, so that each pair loses one.
test(
  shows,
  'forgotten-socket',
  ['connection-leak'],
  [closeAt({exchange: 3, cut: 'before'}, {nth: 2})],
  [Number.POSITIVE_INFINITY],
);
