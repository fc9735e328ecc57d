// An answer that comes whole, with status 200, and says that it is an error: the operation has failed, and telemetry that calls
// it a success is found.
import test from 'ava';
import {recordedRun} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => recordedRun(t, 'graph'));

test('a quarter of the operations failed, each with the code of its answer', t => {
  const {trial, judgement} = ran().trial('only');
  const {started, outcomes} = judgement.account;
  t.true(outcomes.failed > started / 8, `${outcomes.failed} of ${started}`);
  t.is(outcomes.ok + outcomes.failed, started);
  t.deepEqual(
    trial.driver.failures.map(({status, error, count}) => [status, error.name, error.code, count]),
    [['failed', 'ApplicationError', 'NOT_FOUND', outcomes.failed]],
  );
});

test('all spans of the library are fine, which contradicts what the caller got', t => {
  const {trial, judgement} = ran().trial('only');
  t.true(trial.telemetry!.groups.every(({status}) => status !== 'error'));
  const finding = judgement.findings.find(({symptom}) => symptom === 'telemetry-contradicts');
  if (finding?.verdict !== 'present') return t.fail(JSON.stringify(finding));
  const [evidence] = finding.evidence;
  t.regex(evidence.statement, /have no span that ends in an error.* inside a complete response/);
  t.is(evidence.value, 1);
  const failures = finding.compared!.find(({what}) => what === 'failures and their last spans');
  t.like(failures, {
    count: judgement.account.outcomes.failed,
    differingCount: judgement.account.outcomes.failed,
  });
  t.true(ran().reportOf('only').includes(evidence.operations[0]!));
  return undefined;
});
