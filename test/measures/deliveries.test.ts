// What came to the consumer, held against what is promised of it.
import test from 'ava';
import {countDeliveries, measureDeliveries} from '../../src/measures/deliveries.ts';
import {measureIntegrity} from '../../src/measures/effects.ts';
import type {DeliveryPromise} from '../../src/model/choices.ts';
import type {OutcomeStatus} from '../../src/model/outcome.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import type {Trial} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';

const messages: readonly {readonly what: string; readonly phase: number; readonly status?: OutcomeStatus}[] =
  [
    {what: 'came once', phase: baseline},
    {what: 'came twice', phase: fault},
    {what: 'never came', phase: fault},
    {what: 'is in the queue', phase: fault},
    {what: 'was not acknowledged', phase: fault, status: 'unknown'},
    {what: 'was not for the consumer', phase: fault},
  ];

/** All applied once; 0 came once, 1 twice, and nothing else. */
const trialOf = (promise: DeliveryPromise | null, changes: Partial<Trial> = {}): Trial => ({
  ...trialWith({
    driver: booksOf(messages).driver,
    plan: {
      operation: {deadlineMs: 2000, idempotent: false, ...(promise && {deliveries: promise})},
    },
    deliveries: Uint8Array.of(1, 2),
    verified: {
      applied: Uint8Array.from(messages, () => 1),
      owed: Uint8Array.of(1, 1, 1, 0, 1),
      queued: Uint8Array.of(0, 0, 0, 1),
      reordered: null,
    },
  }),
  ...changes,
});

const shows = test.macro({
  title: (_title, promise: DeliveryPromise | null, symptom: SymptomId, operation: number | null) =>
    `${promise ?? 'no promise'}: ${symptom} ${operation === null ? 'is clear' : `for what ${messages[operation]?.what}`}`,
  exec(t, promise: DeliveryPromise | null, symptom: SymptomId, operation: number | null) {
    const finding = detectOne(symptom, trialOf(promise));
    if (operation === null) t.is(finding.verdict, 'clear');
    else {
      const [evidence, ...others] = presentOf(finding).evidence;
      t.like(evidence, {
        witness: 'driver',
        value: 1,
        phase: 'stall',
        operations: [`defaults-1-${operation}`],
      });
      t.deepEqual(others, []);
    }
    const {lost, duplicates} = measureIntegrity(trialOf(promise), [baseline, fault]);
    const counted = symptom === 'lost-acknowledged' ? lost : duplicates;
    t.deepEqual(counted, {value: operation === null ? 0 : 1, reason: null}, 'goals see the same');
  },
});

test(shows, null, 'lost-acknowledged', null);
test(shows, null, 'duplicate-effect', null);
test(shows, 'at-least-once', 'lost-acknowledged', 2);
test(shows, 'at-least-once', 'duplicate-effect', null);
test(shows, 'at-most-once', 'lost-acknowledged', null);
test(shows, 'at-most-once', 'duplicate-effect', 1);
test(shows, 'exactly-once', 'lost-acknowledged', 2);
test(shows, 'exactly-once', 'duplicate-effect', 1);

test('it says delivered, and not applied', t => {
  const [lost] = presentOf(detectOne('lost-acknowledged', trialOf('exactly-once'))).evidence;
  t.is(
    lost.statement,
    '1 operation of phase stall acknowledged and applied, but neither delivered to the consumer nor left in its queue.',
  );
  const [twice] = presentOf(detectOne('duplicate-effect', trialOf('exactly-once'))).evidence;
  t.is(twice.statement, '1 operation of phase stall reached the consumer more than once.');
});

test('what the server has not is told as such, and not a second time', t => {
  const {verified, ...trial} = trialOf('at-least-once');
  const applied = Uint8Array.of(1, 1, 0, 1, 1, 1);
  const finding = presentOf(detectOne('lost-acknowledged', {...trial, verified: {...verified!, applied}}));
  t.is(finding.evidence.length, 1);
  t.like(finding.evidence[0], {witness: 'target', value: 1});
  t.is(measureIntegrity({...trial, verified: {...verified!, applied}}, [fault]).lost.value, 1);
});

test('a variant promises something else than the operation', t => {
  const trial = trialOf('at-least-once');
  const variants = [{...trial.plan.variants[0], deliveries: 'at-most-once'}] as const;
  const changed = {...trial, plan: {...trial.plan, variants}};
  t.is(detectOne('lost-acknowledged', changed).verdict, 'clear');
  t.is(detectOne('duplicate-effect', changed).verdict, 'present');
});

test('an idempotent operation may be applied twice, and still may not be delivered twice', t => {
  const trial = trialOf('at-most-once');
  const idempotent = {...trial.plan.operation, idempotent: true};
  const changed = {...trial, plan: {...trial.plan, operation: idempotent}};
  t.is(detectOne('duplicate-effect', changed).verdict, 'present');
  const once = {...changed, deliveries: Uint8Array.of(1, 1)};
  t.is(detectOne('duplicate-effect', once).verdict, 'clear');
});

const isOpen = test.macro({
  title: (_title, what: string) => `it is open what is lost where ${what}`,
  exec(t, _what: string, changes: Partial<Trial>, reason: RegExp) {
    const trial = trialOf('exactly-once', changes);
    const finding = detectOne('lost-acknowledged', trial);
    t.is(finding.verdict, 'inconclusive');
    t.regex(finding.verdict === 'inconclusive' ? finding.reason : '', reason);
    t.is(measureIntegrity(trial, [fault]).lost.value, null);
  },
});

test(isOpen, 'the application tells of no delivery', {deliveries: null}, /reported no deliveries/);
test(
  isOpen,
  'verify() does not tell of the queue',
  {verified: {applied: Uint8Array.from(messages, () => 1), owed: null, queued: null, reordered: null}},
  /does not report what is still in the consumer's queue/,
);
test(
  isOpen,
  'the process died before it told all',
  {end: {kind: 'crashed', exitCode: null, signal: 'SIGKILL', outOfMemory: false, error: null}},
  /last deliveries/,
);
test(isOpen, 'close() hung', {end: {kind: 'completed', close: 'hung', error: null}}, /last deliveries/);

test('what came twice is known of a process that died, too', t => {
  const end = {kind: 'crashed', exitCode: 1, signal: null, outOfMemory: false, error: null} as const;
  t.is(detectOne('duplicate-effect', trialOf('at-most-once', {end})).verdict, 'present');
});

test('what came is counted by phase', t => {
  const trial = trialOf(null);
  t.deepEqual(countDeliveries(trial, [baseline]), {delivered: 1, repeated: 0});
  t.deepEqual(countDeliveries(trial, [fault]), {delivered: 1, repeated: 1});
  t.is(countDeliveries({...trial, deliveries: null}, [fault]), null);
});

/** The consumer got something up to `untilMs`; from 9 s to 19 s there is no fault, and all that is sent is acknowledged. */
const consumed = (untilMs: number, changes: TrialChanges = {}): TrialChanges => {
  const sent = [{phase: baseline}, {phase: recovery}, {phase: recovery}];
  const {driver} = booksOf(sent);
  return {
    plan: {thresholds: {'silent-consumer': {silentMs: 8000}}},
    driver: {...driver, bins: Array.from({length: 38}, (_, index) => binAt(index * 500))},
    deliveries: Uint8Array.of(1),
    deliveryBins: Array.from({length: untilMs / 500}, (_, index) => ({
      startMs: index * 500,
      durationMs: 500,
      count: 50,
    })),
    verified: {
      applied: Uint8Array.of(1, 1, 1),
      owed: Uint8Array.of(1),
      queued: Uint8Array.of(0, 1, 1),
      reordered: null,
    },
    ...changes,
  };
};
test('nothing is delivered, and two messages wait', answers, 'silent-consumer', consumed(5500), {
  value: 10_000,
  phase: 'stall',
});
test('deliveries go on', answers, 'silent-consumer', consumed(19_000), 'clear');
test(
  'nothing waits',
  answers,
  'silent-consumer',
  consumed(5500, {verified: {...consumed(0).verified!, queued: Uint8Array.of(0, 0, 0)}}),
  'clear',
);
test(
  'verify() does not tell of the queue',
  answers,
  'silent-consumer',
  consumed(5500, {verified: null}),
  /verify\(\) does not report what is still in the consumer's queue/,
);
test(
  'not watched for long enough',
  answers,
  'silent-consumer',
  consumed(14_000),
  /in the last 5\.0 s without a fault and 2 acknowledged messages are still in its queue/,
);

test('deliveries are measured by what was sent, and by when they came', t => {
  const trial = trialWith(consumed(14_000));
  t.deepEqual(measureDeliveries(trial, [recovery]), {
    kind: 'known',
    acknowledged: 2,
    delivered: 0,
    perSecond: 50,
  });
  t.deepEqual(measureDeliveries(trial, [baseline]), {
    kind: 'known',
    acknowledged: 1,
    delivered: 1,
    perSecond: 100,
  });
  t.is(measureDeliveries({...trial, deliveryBins: null}, [recovery]).kind, 'unknown');
});
