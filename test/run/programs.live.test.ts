// Programs as subjects: whatever one does ends as a result or as a gate, within the limits, and nothing of it is left.
import test, {type ExecutionContext} from 'ava';
import type {SubjectEnd} from '../../src/model/trial.ts';
import {doubtOfMachine} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

type Expected = {
  readonly end: Partial<SubjectEnd> & {readonly kind: SubjectEnd['kind']};
  /** A part of the name or the reason of its gate. */
  readonly gate?: RegExp;
  readonly present?: string;
  readonly report?: RegExp;
  readonly more?: (t: ExecutionContext, ran: RunOnce) => void;
};

/** Those that a program waits for are long enough for a busy machine; what is short is waited for to its end. */
const limits = {
  loadMs: 30_000,
  openMs: 15_000,
  answerSlackMs: 20_000,
  lingerMs: 2000,
  closeMs: 4000,
  calibrationMs: 100,
};

const expected: {readonly [act: string]: Expected} = {
  well: {
    end: {kind: 'completed', close: 'resolved'},
    more(t, ran) {
      const {trial, judgement} = ran.trial('well');
      t.is(trial.runtime, 'test 1');
      t.deepEqual(trial.versions, {acts: '1'});
      t.true(trial.system.length > 0, 'the operating system saw the program');
      t.deepEqual(trial.resources, [], 'what the bridge uses is not the library');
      t.true(trial.harness.some(({process}) => process === 'driver'));
      t.true(trial.inFlight.length > 0);
      const reasonOf = (symptom: string) => judgement.findings.find(finding => finding.symptom === symptom);
      for (const symptom of ['event-loop-stall', 'listener-leak']) {
        t.like(reasonOf(symptom), {verdict: 'inconclusive', reason: 'measured only in Node.js processes'});
      }
      for (const symptom of ['gc-pressure', 'memory-growth']) {
        const reason = 'the runtime reported no garbage collection over OTLP';
        t.like(reasonOf(symptom), {verdict: 'inconclusive', reason});
      }
      const hung = reasonOf('hung-operation');
      t.true(hung?.verdict !== 'inconclusive' || doubtOfMachine(hung) !== null, JSON.stringify(hung));
      const [fromIndex] = trial.ledger!.attempts;
      t.true(fromIndex! >= 1, 'the ledger knows the operations by their ids');
      t.true((ran.run.record.calibration?.roundTripP50Ms ?? 0) > 0);
    },
  },
  dies: {
    end: {kind: 'crashed', exitCode: 3},
    gate: /died-before-load: .*exit code 3 .*: libexample\.so\.3: no such library/,
    report: /libexample\.so\.3: no such library/,
  },
  silent: {
    end: {kind: 'protocol-broken', line: null},
    gate: /protocol-broken: .*did not connect to FOULWEATHER_CONTROL/,
  },
  twice: {
    end: {kind: 'protocol-broken'},
    gate: /protocol-broken: .*settled twice-1-\d+, which was not asked for or had already settled/,
    report: /"kind":"settled","id":"twice-1-/,
  },
  'no-json': {
    end: {kind: 'protocol-broken', line: 'Traceback (most recent call last):'},
    gate: /not JSON: Traceback/,
  },
  exits: {
    end: {kind: 'crashed', exitCode: 7, signal: null, outOfMemory: false},
    present: 'process-crash',
    report: /exit code 7/,
  },
  'kills-itself': {
    end: {kind: 'crashed', exitCode: null, signal: 'SIGKILL', outOfMemory: false},
    present: 'process-crash',
  },
  disconnects: {end: {kind: 'protocol-broken', line: null}, gate: /closed its connection and kept running/},
  'stops-reading': {end: {kind: 'completed', close: 'hung'}, present: 'close-hangs'},
  'prints-a-flood': {
    end: {kind: 'completed'},
    more(t, ran) {
      const {exit} = ran.trial('prints-a-flood').trial;
      t.true(exit!.stderrBytes > 2 ** 23);
      t.true(exit!.stderrTail.length <= 8192);
    },
  },
  'leaves-children': {
    end: {kind: 'completed', close: 'resolved'},
    more: (t, ran) => t.is(ran.seenOf(/^sleep 60/), 1),
  },
  lingers: {
    end: {kind: 'completed', close: 'resolved'},
    present: 'close-hangs',
    report: /did not exit after close/,
  },
};

/** One that never connects is not waited for as long as the others. */
const silent = 'silent';
const acts = Object.keys(expected).filter(act => act !== silent);
/** Runs beside each other; those that wait for a limit are spread over all of them. */
const parts = [
  acts.filter((_, index) => index % 2 === 0),
  acts.filter((_, index) => index % 2 === 1),
  [silent],
];
let runs: Promise<readonly RunOnce[]> | undefined;

/** The first test to come makes them, and cleans up after them. */
const runsFor = (t: ExecutionContext): Promise<readonly RunOnce[]> => {
  t.timeout(300_000);
  runs ??= Promise.all(
    parts.map(variants =>
      runOnce(t, 'program-acts', {
        variants,
        limits: variants.includes(silent) ? {...limits, loadMs: 5000} : limits,
      }),
    ),
  );
  return runs;
};

for (const [act, {end, gate, present, report, more}] of Object.entries(expected)) {
  test(`a program: ${act}`, async t => {
    const ran = (await runsFor(t)).find((_, index) => parts[index]!.includes(act))!;
    const {trial, judgement} = ran.trial(act);
    const gates = judgement.gates.map(({name, reason}) => `${name}: ${reason}`).join('\n');
    t.like(trial.end, end, gates);
    if (gate) t.regex(gates, gate);
    if (gate) t.is(judgement.verdict, 'inconclusive');
    if (present) {
      t.is(judgement.findings.find(({symptom}) => symptom === present)?.verdict, 'present', gates);
    }
    if (report) t.regex(ran.reportOf(act), report);
    more?.(t, ran);
  });
}

test('nothing of them is left', async t => {
  for (const {remains} of await runsFor(t)) t.deepEqual(remains, {processes: [], ports: []});
});
