// Each planted defect shows under the one fault that it is made for, and its healthy twin gets over it.
import {resolve} from 'node:path';
import test from 'ava';
import {closeAfter, type Fault, resetAfter} from '../../src/model/fault.ts';
import type {Moment} from '../../src/model/fault-defaults.ts';
import type {SymptomId} from '../../src/model/finding.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {HitPlace} from '../../src/model/proxy-witness.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {Lanes} from '../helpers/lanes.ts';
import {runOnce} from '../helpers/run-once.ts';

/** A run waits most of the time. */
const lanes = new Lanes(4);

const struckBy =
  (faults: readonly Fault[]) =>
  (plan: Plan): Plan => ({
    ...plan,
    phases: [
      ...plan.phases,
      {name: 'struck', role: 'fault', durationMs: 600, faults},
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

const shows = test.macro({
  title: (_, scenario: string) => scenario,
  async exec(
    t,
    scenario: string,
    symptoms: readonly SymptomId[],
    faults: readonly Struck[],
    hitCounts: readonly number[] = faults.map(() => 1),
  ) {
    t.timeout(300_000);
    const ran = await lanes.take(() =>
      runOnce(t, scenario, {
        scenarioFile: resolve(import.meta.dirname, `planted/${scenario}.ts`),
        reshape: struckBy(faults),
        limits: {idleMs: 600, lingerMs: 1500, calibrationMs: 50},
      }),
    );
    for (const variant of ['broken', 'healthy']) {
      const hits = hitsOf(ran.trial(variant).trial);
      t.deepEqual(
        hits.filter(({fault, place}) => !isAt(faults[fault]!.at, place)),
        [],
        `${variant}: no fault hits anywhere else`,
      );
      for (const [index, hitCount] of hitCounts.entries()) {
        const count = hits.filter(({fault}) => fault === index).length;
        if (hitCount < Number.POSITIVE_INFINITY) t.is(count, hitCount, `${variant}: fault ${index + 1}`);
        else t.true(count > 1);
      }
    }
    const shown = failingIn(ran.trial('broken').judgement);
    t.deepEqual(
      symptoms.filter(symptom => !shown.includes(symptom)),
      [],
      `only ${shown.join(', ')}`,
    );
    const {judgement: healthy} = ran.trial('healthy');
    t.deepEqual(failingIn(healthy), []);
    t.is(healthy.phases.at(-1)?.successRatio, 1, 'it recovers');
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

test(shows, 'half-read-retry', ['truncation-accepted'], [closeAt({...nextReply, cut: 'within'})]);

test(shows, 'crash-before-body', ['process-crash'], [closeAt({...nextReply, cut: 'after'})]);

// The one that acts second is put in place first: the client comes back within milliseconds.
test(
  shows,
  'cut-reconnect',
  ['wedged-client'],
  [closeAt({exchange: 3, cut: 'before'}), closeAt({...nextReply, cut: 'before'})],
);

const idle = {...nextReply, cut: 'after'} as const;
test(shows, 'idle-reset', ['unhandled-rejection'], [{...resetAfter({firstN: 1, at: idle}), at: idle}]);

// Every second one, so that each pair loses one.
test(
  shows,
  'forgotten-socket',
  ['connection-leak'],
  [closeAt({exchange: 3, cut: 'before'}, {nth: 2})],
  [Number.POSITIVE_INFINITY],
);
