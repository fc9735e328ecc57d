import test from 'ava';
import {retryAfterText} from '../../../../src/faults/server/toxics/http-status.ts';

test('a date in so many seconds is never earlier than that', t => {
  t.is(Date.parse(retryAfterText('+1', 5000)), 6000);
  t.is(Date.parse(retryAfterText('+1', 5001)), 7000);
  t.is(Date.parse(retryAfterText('+1', 5999)), 7000);
});

test('seconds and dates stand as they are', t => {
  t.is(retryAfterText('7', 5000), '7');
  t.is(retryAfterText('Thu, 26 Nov 2026 12:00:00 GMT', 5000), 'Thu, 26 Nov 2026 12:00:00 GMT');
});
