// A subject that does not come, does not go, or leaves something behind is a result, and is ended.
import test from 'ava';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

// The harness's own patience is long enough for a busy machine; what the library is given is short.
const limits = {openMs: 300, closeMs: 300, answerSlackMs: 8000, lingerMs: 8000, stuckMs: 8000};

const ran = sharedRun(t => runOnce(t, 'staying', {limits}));

test('a subject whose event loop is blocked for ever is unresponsive, which is a missed run', t => {
  const {trial, judgement} = ran().trial('blocked');
  t.deepEqual(trial.end, {kind: 'unresponsive'});
  t.like(trial.exit, {killedFor: 'unresponsive', signal: 'SIGKILL'});
  t.is(judgement.verdict, 'missed');
  t.like(
    judgement.findings.find(({verdict}) => verdict === 'present'),
    {symptom: 'event-loop-stall', severity: 'fail'},
  );
  t.true(ran().reportOf('blocked').includes('the process stopped responding and was killed by the harness'));
});

test('where it is stuck is in the trial and in the report, and the debugger is not in its words', t => {
  const {trial, judgement} = ran().trial('blocked');
  const [innermost, caller] = trial.stuck!.stack;
  t.like(innermost, {functionName: 'spin', owner: 'the scenario', ownerKind: 'scenario'});
  t.regex(innermost!.place!, /^staying\.ts:\d+$/);
  t.is(caller?.functionName, 'block');
  t.is(trial.exit!.stderrTail, '');
  const finding = judgement.findings.find(({symptom}) => symptom === 'event-loop-stall');
  t.regex(
    finding?.verdict === 'present' ? finding.evidence[0].statement : '',
    /It was stuck in spin \(staying\.ts:\d+\)\./,
  );
  const report = ran().reportOf('blocked');
  t.regex(report, /stuck in `spin \(staying\.ts:\d+\)`/);
  t.regex(report, /\nspin \(staying\.ts:\d+\)\nblock \(staying\.ts:\d+\)\n/);
  t.notRegex(JSON.stringify(trial.stuck), /file:|\/home\/|\/root\/|\/tmp\//);
  t.false(JSON.stringify(trial.stuck).includes(process.cwd()));
});

test('an open() that never settles has failed, and nothing was tested', t => {
  const {trial, judgement} = ran().trial('open-pends');
  t.like(trial.end, {kind: 'open-failed', error: {message: 'open() did not return within 0.3 s'}});
  t.is(judgement.verdict, 'inconclusive');
  t.deepEqual(
    judgement.gates.map(({name}) => name),
    ['open-failed'],
  );
  t.true(ran().reportOf('open-pends').includes('open() did not return within 0.3 s'));
});

test('a close() that never resolves is hung, after all operations have counted', t => {
  const {trial, judgement} = ran().trial('close-pends');
  t.deepEqual(trial.end, {kind: 'completed', close: 'hung', error: null});
  t.is(judgement.phases[0]!.successRatio, 1);
  // Node's timers count whole milliseconds, and may fire up to one early.
  t.true(trial.closing!.durationMs >= 299);
  t.true(ran().reportOf('close-pends').includes('close() never returned'));
});

test('a process that stays after close() lingers, and is ended', t => {
  const {trial} = ran().trial('lingering');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.like(trial.exit, {killedFor: 'lingering', signal: 'SIGKILL'});
});

test('a subject with grandchildren ends by itself, whether or not they hold on to its pipes', t => {
  const {trial} = ran().trial('grandchildren');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.like(trial.exit, {killedFor: null, exitCode: 0});
});

test('nothing is left of it, the grandchildren included', t => {
  t.true(ran().seenCount >= 6 + 5 + 2, 'the watch saw the processes');
  t.deepEqual(ran().remains, {processes: [], ports: []});
  t.deepEqual(ran().temporaryFiles, []);
});
