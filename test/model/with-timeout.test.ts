import test from 'ava';
import {withTimeout} from '../../src/model/with-timeout.ts';

const never = new Promise<string>(() => {});
const heldTimers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length;

test.serial('a step that settles in time tells, and holds no timer', async t => {
  const before = heldTimers();
  t.is(await withTimeout(60_000, Promise.resolve('done'), () => 'late'), 'done');
  t.is(heldTimers(), before);
});

test.serial('a step that fails in time fails', async t => {
  const before = heldTimers();
  const failing = Promise.reject(new Error('broken'));
  await t.throwsAsync(
    withTimeout(60_000, failing, () => 'late'),
    {message: 'broken'},
  );
  t.is(heldTimers(), before);
});

test('what takes longer is answered by what else there is', async t => {
  t.is(await withTimeout(1, never, () => 'late'), 'late');
  t.is(await withTimeout(1, never, async () => 'late'), 'late');
});

test('what takes longer can be an error', async t => {
  const late = (): never => {
    throw new Error('too late');
  };
  await t.throwsAsync(withTimeout(1, never, late), {message: 'too late'});
});
