import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {noDefect, savedFailure, unsavedFailure} from '../../src/run/run-failure.ts';

const aborted = (reason: unknown): AbortSignal => AbortSignal.abort(reason);

test('before anything is saved an error is told as it is', t => {
  const error = new FoulweatherError('FW_USAGE', 'No.', 'Yes.');
  t.is(unsavedFailure(error, noDefect), error);
});

test('a defect that nobody awaited is the reason, whatever its abort has thrown', t => {
  const told = unsavedFailure(new Error('aborted'), aborted(new TypeError('x is not a function')));
  t.like(told, {code: 'FW_INTERNAL', message: 'foulweather itself failed: TypeError: x is not a function'});
  const once = savedFailure(new TypeError('x is not a function'), 'id');
  t.is(unsavedFailure(once, aborted(new Error('late'))), once);
});

test('what failed on our side is a broken run, and what the scenario throws keeps its code', t => {
  const ours = savedFailure(new FoulweatherError('FW_CHILD_FAILED', 'It ended.', 'A defect.'), 'id');
  t.like(ours, {code: 'FW_RUN_BROKEN', message: 'The run broke off: It ended.'});
  const theirs = savedFailure(
    new FoulweatherError('FW_SCENARIO_FAILED', 'verify() failed.', 'Fix it.'),
    'id',
  );
  t.is(theirs.code, 'FW_SCENARIO_FAILED');
  t.is(theirs.hint, 'Fix it. The run so far is saved: foulweather report id');
});

test('a full disk is no defect', t => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), {syscall: 'write'});
  t.is(savedFailure(full, 'id').code, 'FW_RUN_BROKEN');
  t.is(savedFailure(new Error('no space'), 'id').code, 'FW_INTERNAL');
});
