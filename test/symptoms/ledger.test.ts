// Symptoms that the target's ledger proves.
import test from 'ava';
import {measureIntegrity} from '../../src/measures/effects.ts';
import {attemptsOf} from '../../src/measures/measure.ts';
import type {Plan} from '../../src/model/plan.ts';
import {serverKill} from '../../src/model/server-fault.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  clearOf,
  fault,
  figuresOf,
  inconclusiveOf,
  presentOf,
  recovery,
  telemetryOf,
  trialWith,
} from '../helpers/trial-believable.ts';

const amplifies = test.macro({
  title: (_title, attempts: number, started: number, severity: 'warn' | 'fail' | null) =>
    `amplification: ${attempts} attempts of ${started} operations ${severity === null ? 'are clear' : `are a ${severity}`}`,
  exec(t, attempts: number, started: number, severity: 'warn' | 'fail' | null) {
    const operations = Array.from({length: started}, (_, index) => ({
      phase: fault,
      attempts: Math.floor(attempts / started) + (index < attempts % started ? 1 : 0),
    }));
    const {driver, ledger} = booksOf([...operations, {phase: baseline}]);
    const finding = detectOne(
      'retry-amplification',
      trialWith({driver: {...driver, phases: [figuresOf(fault, started)]}, ledger}),
    );
    if (severity === null) t.deepEqual(finding, clearOf('retry-amplification'));
    else t.is(presentOf(finding).severity, severity);
  },
});

test(amplifies, 0, 10, null);
test(amplifies, 11, 10, null);
test(amplifies, 12, 10, 'warn');
test(amplifies, 30, 10, 'warn');
test(amplifies, 31, 10, 'fail');

test('amplification: attempts count in the phase of their operation, and only in fault phases', t => {
  const {driver, ledger} = booksOf([
    {phase: baseline, attempts: 9},
    {phase: fault, attempts: 1},
    {phase: fault, attempts: 4},
    {phase: recovery, attempts: 9},
  ]);
  const trial = trialWith({
    driver: {...driver, phases: [figuresOf(baseline, 1), figuresOf(fault, 2), figuresOf(recovery, 1)]},
    ledger,
  });
  t.deepEqual(detectOne('retry-amplification', trial), {
    symptom: 'retry-amplification',
    verdict: 'present',
    severity: 'warn',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'target',
        statement: 'The target saw 5 attempts for 2 operations in phase stall: 2.50 each.',
        value: 2.5,
        threshold: 1.1,
        unit: 'ratio',
        count: 2,
        operations: ['defaults-1-2'],
        ledger: [{operation: 'defaults-1-2', attempts: 4, effects: 0}],
      },
    ],
  });
});

test('amplification: a fault phase in which nothing started is clear', t => {
  const {driver, ledger} = booksOf([{phase: baseline, attempts: 1}]);
  t.is(
    detectOne('retry-amplification', trialWith({driver: {...driver, phases: []}, ledger})).verdict,
    'clear',
  );
});

test('amplification: without a ledger and without telemetry it is not known', t => {
  t.deepEqual(
    detectOne('retry-amplification', trialWith()),
    inconclusiveOf('retry-amplification', 'neither the target nor the library reports attempts'),
  );
});

const spansTell = test.macro({
  title: (_title, statement: string) => `amplification, by the library's spans: ${statement}`,
  exec(t, _says: string, spans: readonly number[], found: string) {
    const phases = [baseline, baseline, fault, fault];
    const {driver} = booksOf(phases.map(phase => ({phase})));
    const trial = trialWith({
      driver: {...driver, phases: [figuresOf(baseline, 2), figuresOf(fault, 2)]},
      telemetry: telemetryOf(spans),
    });
    const finding = detectOne('retry-amplification', trial);
    t.is(finding.verdict === 'present' ? finding.evidence[0].statement : finding.verdict, found);
  },
});

test(
  spansTell,
  'attempts that never reached a target are counted',
  [1, 1, 3, 2],
  "The library's spans show 5 attempts for 2 operations in phase stall: 2.50 each.",
);
test(spansTell, 'one span each is clear', [1, 1, 1, 1], 'clear');
test(spansTell, 'spans of steps are no attempts', [2, 2, 9, 9], 'inconclusive');
test(spansTell, 'no spans at all tell nothing', [], 'inconclusive');

test('amplification: of two witnesses the one that saw more is believed', t => {
  const {driver, ledger} = booksOf([
    {phase: baseline, attempts: 1},
    {phase: fault, attempts: 0},
  ]);
  const trial = trialWith({
    driver: {...driver, phases: [figuresOf(baseline, 1), figuresOf(fault, 1)]},
    ledger,
    telemetry: telemetryOf([1, 3]),
  });
  t.is(presentOf(detectOne('retry-amplification', trial)).evidence[0].witness, 'telemetry');
});

const twice = booksOf([
  {phase: baseline, effects: 1},
  {phase: fault, effects: 2, attempts: 2},
  {phase: fault, effects: 1, attempts: 2},
  {phase: fault, effects: 3, attempts: 3},
  {phase: recovery, effects: 2},
]);

test('duplicates: one is enough, in the phase that has most', t => {
  const trial = trialWith({
    driver: {...twice.driver, phases: [figuresOf(fault, 3), figuresOf(recovery, 1)]},
    ledger: twice.ledger,
  });
  t.deepEqual(detectOne('duplicate-effect', trial), {
    symptom: 'duplicate-effect',
    verdict: 'present',
    severity: 'fail',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'target',
        statement: '2 operations of phase stall took effect more than once.',
        value: 2,
        threshold: 0,
        unit: 'count',
        count: 3,
        operations: ['defaults-1-1', 'defaults-1-3'],
        ledger: [
          {operation: 'defaults-1-1', attempts: 2, effects: 2},
          {operation: 'defaults-1-3', attempts: 3, effects: 3},
        ],
      },
      {
        phase: 'recovery',
        witness: 'target',
        statement: '1 operation of phase recovery took effect more than once.',
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: ['defaults-1-4'],
        ledger: [{operation: 'defaults-1-4', attempts: 1, effects: 2}],
      },
    ],
  });
});

test('duplicates: what is idempotent may be applied twice, and is not looked at', t => {
  const plan = {operation: {deadlineMs: 2000, idempotent: true}};
  t.is(detectOne('duplicate-effect', trialWith({...twice, plan})).verdict, 'inconclusive');
});

const ledgerSaysNothing = test.macro({
  title: (_title, what: string) => `a ledger that says nothing: ${what}`,
  exec(
    t,
    _what: string,
    operations: Parameters<typeof booksOf>[0],
    unattributedCount: number,
    reason: string,
  ) {
    const {driver, ledger} = booksOf(operations);
    const trial = trialWith({driver, ledger: {...ledger!, unattributedCount}});
    t.deepEqual(detectOne('duplicate-effect', trial), inconclusiveOf('duplicate-effect', reason));
    const unknown = {value: null, reason};
    t.deepEqual(measureIntegrity(trial, [fault]), {duplicates: unknown, lost: unknown});
  },
});

test(
  ledgerSaysNothing,
  'nobody told it anything',
  [{phase: fault, attempts: 0}],
  0,
  'the target reported no attempts',
);
test(
  ledgerSaysNothing,
  'no attempt carries an id',
  [{phase: fault, attempts: 0}],
  1408,
  'the target saw 1408 attempts, none of them with an operation ID',
);
test(
  ledgerSaysNothing,
  'attempts, and never an effect',
  [{phase: fault}],
  0,
  'the target reported no effects',
);

test('duplicates: applied once is clear, however many attempts it took', t => {
  const books = booksOf([{phase: fault, effects: 1, attempts: 9}]);
  t.deepEqual(detectOne('duplicate-effect', trialWith(books)), clearOf('duplicate-effect'));
});

test('duplicates: without a ledger they are not known', t => {
  t.deepEqual(
    detectOne('duplicate-effect', trialWith()),
    inconclusiveOf('duplicate-effect', 'the target keeps no ledger'),
  );
});

test('lost are acknowledged operations without an effect; of reads nothing is known', t => {
  const written = booksOf([
    {phase: fault, effects: 1},
    {phase: fault, effects: 0},
    {phase: fault, effects: 0, status: 'unknown'},
    {phase: recovery, effects: 0},
  ]);
  t.is(attemptsOf(trialWith(written), [fault]), 3);
  t.deepEqual(measureIntegrity(trialWith(written), [fault]), {
    duplicates: {value: 0, reason: null},
    lost: {value: 1, reason: null},
  });
  const read = booksOf([{phase: fault}, {phase: fault, attempts: 0}]);
  t.is(attemptsOf(trialWith(read), [fault]), 1);
  t.is(measureIntegrity(trialWith(read), [fault]).lost.value, null);
});

/** The server is killed, and does not have what an operation was told that it has. */
const killedWithout = (service: ServiceName) => {
  const phases = trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [serverKill()]} : phase,
  ) as unknown as Plan['phases'];
  const {driver, ledger} = booksOf([
    {phase: baseline, effects: 1},
    {phase: fault, effects: 0},
  ]);
  return {
    plan: {target: {kind: 'service', service}, phases},
    serverEvents: [{atMs: 5001, fault: 'stall-1-serverKill', change: 'leaving'}],
    driver: {...driver, phases: [figuresOf(baseline, 1), figuresOf(fault, 1)]},
    ledger,
    verified: {applied: Uint8Array.of(1, 0), owed: null, queued: null, reordered: null},
  } satisfies Parameters<typeof trialWith>[0];
};

test(
  'what a server that keeps its data does not have is lost',
  answers,
  'lost-acknowledged',
  killedWithout('redis'),
  {
    value: 1,
  },
);
test(
  'a server that was killed may have forgotten it',
  answers,
  'lost-acknowledged',
  killedWithout('mosquitto'),
  /mosquitto may lose what it has in memory, and was killed/,
);
test('what a server has forgotten is not counted as lost', t => {
  t.deepEqual(measureIntegrity(trialWith(killedWithout('memcached')), [fault]).lost, {
    value: null,
    reason: 'memcached starts empty, and was restarted',
  });
});
