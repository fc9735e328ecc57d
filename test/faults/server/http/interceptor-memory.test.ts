// No body is kept: many large downloads at once through a fault take little memory. The full size is bench/injector/http-faults.ts.

import test from 'ava';
import {measureDownloads} from '../../../helpers/http-downloads.ts';

test('100 downloads of 4 MB through a fault that cuts them stay below 200 MB', async t => {
  const bodyBytes = 4_000_000;
  const {receivedBytes, peakBytes} = await measureDownloads({count: 100, bodyBytes});
  t.is(receivedBytes, (100 * bodyBytes) / 2);
  t.true(peakBytes < 200_000_000, `${peakBytes} bytes`);
});
