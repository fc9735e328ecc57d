// Whose doing it was: the phase whose faults could have reached what went wrong, not the one in which the operation began.
import test from 'ava';
import {detectOne} from '../../src/symptoms/detect.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  presentOf,
  recovery,
  telemetryOf,
  trialWith,
} from '../helpers/trial-believable.ts';

/** Operation 0 begins in the first half second of the baseline, 1 in its last, 2 in the stall, 3 in the recovery. */
const bins = [
  binAt(1000, {phase: baseline, started: 1}),
  binAt(4500, {phase: baseline, started: 1}),
  binAt(5000, {phase: fault, started: 1}),
  binAt(9500, {phase: recovery, started: 1}),
];

const books = (effects: readonly number[], attemptTimes: readonly (readonly number[])[] = []) => {
  const phases = [baseline, baseline, fault, recovery];
  const {driver, ledger} = booksOf(phases.map((phase, index) => ({phase, effects: effects[index]!})));
  return {driver: {...driver, bins}, ledger: {...ledger!, attemptTimes}};
};

test('what was sent long after its deadline, because a stall came in between, is of the stall', t => {
  const changes = books(
    [1, 1, 1, 1],
    [
      [1, 4600, 9100],
      [2, 5100],
      [3, 9600],
    ],
  );
  t.is(presentOf(detectOne('stale-work-sent', trialWith(changes))).phase, 'stall');
});

test('what is sent late although no fault came since is of its own phase', t => {
  const changes = books(
    [1, 1, 1, 1],
    [
      [0, 4000],
      [3, 13_000],
    ],
  );
  t.is(presentOf(detectOne('stale-work-sent', trialWith({...changes}))).phase, 'baseline');
});

test('an order that was acknowledged just before the fault, and lost, is lost to the fault', t => {
  const lost = trialWith({
    ...books([1, 0, 1, 1]),
    verified: {applied: Uint8Array.of(1, 0, 1, 1), owed: null, queued: null, reordered: null},
  });
  t.is(presentOf(detectOne('lost-acknowledged', lost)).phase, 'stall');
});

test('one that was lost in the middle of a calm phase is lost in it', t => {
  const verified = {applied: Uint8Array.of(0, 1, 1, 1), owed: null, queued: null, reordered: null};
  t.is(
    presentOf(detectOne('lost-acknowledged', trialWith({...books([0, 1, 1, 1]), verified}))).phase,
    'baseline',
  );
});

test('an effect that a retry doubled in the stall is of the stall', t => {
  const changes = books([1, 2, 1, 1], [[1, 4900, 5600]]);
  t.is(presentOf(detectOne('duplicate-effect', trialWith(changes))).phase, 'stall');
});

test('one that was doubled before any fault is of its calm phase', t => {
  const changes = books([2, 1, 1, 1], [[0, 1100, 1300]]);
  t.is(presentOf(detectOne('duplicate-effect', trialWith(changes))).phase, 'baseline');
});

test('a message that came once more after the stall is of the stall, whenever it was sent', t => {
  const plan = {operation: {deadlineMs: 2000, idempotent: true, deliveries: 'exactly-once' as const}};
  const {driver} = books([1, 1, 1, 1]);
  const phaseOf = (cameIn: number): string =>
    presentOf(
      detectOne(
        'duplicate-effect',
        trialWith({
          driver,
          plan,
          deliveries: Uint8Array.of(2, 1, 1, 1),
          redeliveredIn: Uint8Array.of(cameIn + 1, 0, 0, 0),
        }),
      ),
    ).phase;
  t.is(phaseOf(recovery), 'stall');
  t.is(phaseOf(fault), 'stall');
  t.is(phaseOf(baseline), 'baseline');
});

test('error.type: the phase with most comes first', t => {
  const groups = [
    {phase: baseline, count: 2},
    {phase: fault, count: 90},
  ].map(of => ({
    ...of,
    scope: 'client',
    name: 'GET',
    kind: 'client' as const,
    status: 'error' as const,
    errorType: 23,
    durationP50Ms: 1,
    durationP99Ms: 2,
    durationMaxMs: 3,
  }));
  const trial = trialWith({telemetry: {...telemetryOf([1]), groups}});
  t.is(presentOf(detectOne('error-type-malformed', trial)).phase, 'stall');
});
